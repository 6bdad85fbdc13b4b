import { ChildProcess, StdioOptions } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { ApiClient } from '../support/api-client.js';
import { describeWith } from '../support/describe-with.js';
import { atOnce } from '../support/credentials.js';
import { freePort } from '../support/own-mariadb.js';
import { Settings, TEST_SETTINGS } from '../support/start-app.js';
import { killProcesses, launch, program, startProcess } from '../support/start-process.js';
import { createMigratedDatabase, TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

const METRICS_TOKEN = 'a token for metrics alone';
/** More than a pipe and the reader's own buffer hold, and less than the service keeps. */
const REQUESTS_THAT_FILL_A_PIPE = 1500;
const FULL_DISK = '/dev/full';

describe('The server whose log cannot be written', () => {
  let database: TestDatabase;
  let folder: string;
  let settings: Settings;

  beforeEach(async () => {
    folder = mkdtempSync(joinPath(tmpdir(), 'talkstack-log-'));
    database = await createMigratedDatabase();
    settings = { ...TEST_SETTINGS, DATABASE_URL: database.url, METRICS_TOKEN, LOG_LEVEL: 'debug' };
  });
  afterEach(async () => {
    killProcesses();
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  /** Starts the server with these standard streams, which cannot tell where it listens. */
  async function start(stdio: StdioOptions, meddle: (child: ChildProcess) => void = () => undefined) {
    const port = await freePort();
    const { child } = launch(program('main'), [], { ...settings, PORT: String(port) }, folder, stdio);
    const exit = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
    meddle(child);
    const api = new ApiClient(`http://127.0.0.1:${port}`);
    await until(() => api.get('/health/live').catch(() => null));
    const stop = () => {
      child.kill('SIGTERM');
      return exit;
    };
    return { child, api, port, stop };
  }

  async function expectFullService(api: ApiClient): Promise<void> {
    const answers = await atOnce(50, () => api.post('/auth/login', {}));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([400]));
    expect((await api.get('/health/ready')).status).toBe(200);
  }

  async function droppedLines(api: ApiClient): Promise<number> {
    const { body } = await api.as({ token: METRICS_TOKEN }).get('/metrics');
    return Number(/\nlog_lines_dropped (\d+)\n/.exec(body)?.[1]);
  }

  async function expectLinesAreCounted(api: ApiClient): Promise<void> {
    await until(async () => (await droppedLines(api)) > 0);
    expect((await api.get('/health/live')).status).toBe(200);
  }

  describeWith(FULL_DISK, existsSync(FULL_DISK))('because its disk is full', () => {
    it('serves on, counts the lost lines, and stops when told to', async () => {
      const full = openSync(FULL_DISK, 'w');
      const { api, stop } = await start(['ignore', full, full]);
      closeSync(full);
      await expectFullService(api);
      await expectLinesAreCounted(api);
      expect(await stop()).toEqual({ code: 0, signal: null });
    });
  });

  it('because its reader is gone serves on, counts the lost lines, and stops when told to', async () => {
    const { api, stop } = await start(['ignore', 'pipe', 'pipe'], ({ stdout, stderr }) => {
      stdout?.destroy();
      stderr?.destroy();
    });
    await expectFullService(api);
    await expectLinesAreCounted(api);
    expect(await stop()).toEqual({ code: 0, signal: null });
  });

  it('because its reader stalls serves on, and stops when told to', async () => {
    const { api, child, stop } = await start(['ignore', 'pipe', 'ignore'], ({ stdout }) => stdout?.pause());
    for (let sent = 0; sent < REQUESTS_THAT_FILL_A_PIPE; sent += 100) {
      await atOnce(100, () => api.get('/health/live'));
    }
    await expectFullService(api);
    expect(child.stdout?.isPaused()).toBe(true);
    expect(await stop()).toEqual({ code: 0, signal: null });
  });

  it('and whose port is taken ends with 1, though its reader is gone', async () => {
    const first = await startProcess(settings, folder);
    const { child } = launch(
      program('main'),
      [],
      { ...settings, SQLITE_SHARED: 'on', PORT: String(first.port) },
      folder,
    );
    const exit = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
    child.stdout?.destroy();
    child.stderr?.destroy();
    expect(await exit).toEqual({ code: 1, signal: null });
    expect(await first.stop()).toMatchObject({ code: 0 });
  });
});
