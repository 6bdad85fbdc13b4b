import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { createInterface } from 'node:readline';
import { ApiClient } from '../support/api-client.js';
import { describeWith } from '../support/describe-with.js';
import { freePort } from '../support/own-mariadb.js';
import { Settings, TEST_SETTINGS } from '../support/start-app.js';
import { built, killProcesses, launch, program, runProcess, startProcess } from '../support/start-process.js';
import { createMigratedDatabase, isSqlite, TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

const SECRETS = 'mail-password|redis-password|a secret that only tests know';

describe('The start and the end of the server', () => {
  let database: TestDatabase;
  let folder: string;
  let settings: Settings;

  beforeEach(async () => {
    folder = mkdtempSync(joinPath(tmpdir(), 'talkstack-start-'));
    database = await createMigratedDatabase();
    settings = { ...TEST_SETTINGS, DATABASE_URL: database.url };
  });
  afterEach(async () => {
    killProcesses();
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  it('tell the version, the kinds of database, mail and counters, and the signal that ended it, but no secret', async () => {
    const server = await startProcess(
      {
        ...settings,
        SMTP_URL: 'smtp://me:mail-password@127.0.0.1:1',
        REDIS_URL: 'redis://:redis-password@127.0.0.1:1',
        HASH_CONCURRENCY: '1',
      },
      folder,
    );
    expect(JSON.parse(server.lines[0])).toMatchObject({
      msg: 'Talkstack server starts',
      version: (JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version,
      database: new URL(database.url).protocol.slice(0, -1),
      mail: 'SMTP',
      redis: 'on',
      hashConcurrency: 1,
    });
    const { code, output } = await server.stop('SIGINT');
    expect(code).toBe(0);
    // Outside production people are greeted in words besides.
    const lines = output.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
    expect(lines).toContainEqual(expect.objectContaining({ msg: 'Talkstack server stops', signal: 'SIGINT' }));
    expect(lines.at(-1)).toMatchObject({ msg: 'Talkstack server stopped', code: 0 });
    expect(output).not.toMatch(SECRETS);
  });

  // No database has a part in most of these.
  if (isSqlite()) {
    it('tells in one line that the port is taken, and names PORT', async () => {
      const first = await startProcess(settings, folder);
      const again = { ...settings, PORT: String(first.port), SQLITE_SHARED: 'on', LOG_LEVEL: 'error' };
      const { code, output } = await runProcess(program('main'), [], again, folder);
      expect(code).toBe(1);
      expect(output).toBe(
        `The service cannot listen on PORT ${first.port} of HOST 127.0.0.1: another program listens there`,
      );
    });

    it('tells in one line that the address is not one of this machine', async () => {
      const { code, output } = await runProcess(
        program('main'),
        [],
        { ...settings, HOST: '203.0.113.1', LOG_LEVEL: 'error' },
        folder,
      );
      expect(code).toBe(1);
      expect(output).toMatch(/^The service cannot listen on PORT 0 of HOST 203\.0\.113\.1: .*EADDRNOTAVAIL.*$/);
    });

    it('without a terminal goes on at SIGHUP, and says so', async () => {
      const server = await startProcess(settings, folder);
      server.signal('SIGHUP');
      expect(JSON.parse(await server.line(/SIGHUP/))).toMatchObject({ level: 30 });
      expect((await server.api.get('/health/live')).status).toBe(200);
      expect(await server.stop()).toMatchObject({ code: 0 });
    });

    it('by start.cjs has a thread of the pool for each hash, and four for everything else', async () => {
      const { child, output, exit } = launch(
        built('bundle/start.cjs'),
        [],
        { ...settings, HASH_CONCURRENCY: '9' },
        folder,
      );
      const [, port] = /:(\d+)"/.exec(await output.find(/listening at/)) ?? [];
      expect(JSON.parse(output.lines[0])).toMatchObject({ hashConcurrency: 9 });
      const threads = () => readdirSync(`/proc/${child.pid}/task`).length;
      if (existsSync('/proc/self/task')) {
        const other = await startProcess({ ...settings, SQLITE_SHARED: 'on', HASH_CONCURRENCY: '9' }, folder);
        expect(JSON.parse(other.lines[0])).toMatchObject({ hashConcurrency: 2 });
        expect((await new ApiClient(`http://127.0.0.1:${port}`).get('/health/live')).status).toBe(200);
        expect(threads()).toBeGreaterThanOrEqual(13);
        await other.stop();
      }
      child.kill();
      expect(await exit).toMatchObject({ code: 0 });
    });

    describeWith('script', existsSync('/usr/bin/script'))('in a terminal', () => {
      it('ends when its terminal is gone', async () => {
        const port = await freePort();
        const env = { PATH: process.env.PATH, ...settings, PORT: String(port) };
        const command = `exec "${process.execPath}" "${built('bundle/main.js')}"`;
        const terminal = spawn('/usr/bin/script', ['-qfc', command, '/dev/null'], { cwd: folder, env });
        const exited = once(terminal, 'exit');
        for await (const line of createInterface({ input: terminal.stdout })) if (line.includes('listening at')) break;
        const api = new ApiClient(`http://127.0.0.1:${port}`);
        terminal.kill('SIGKILL');
        await exited;
        await until(async () => (await api.get('/health/live').catch(() => null)) === null);
      });
    });

    const PATHS: [string, () => string][] = [
      ['a folder', () => folder],
      ['below a file', () => joinPath(folder, 'a-file', 'x.db')],
      ['no database', () => joinPath(folder, 'a-file')],
    ];

    const startOn = (file: string) =>
      runProcess(program('main'), [], { ...settings, DATABASE_URL: `sqlite:${file}`, LOG_LEVEL: 'error' }, folder);

    it.each(PATHS)('names in one line a SQLite path that is %s', async (_, path) => {
      writeFileSync(joinPath(folder, 'a-file'), 'This is a letter and no database. '.repeat(200));
      const { code, output } = await startOn(path());
      expect(code).toBe(1);
      expect(output.split('\n')).toEqual([expect.stringContaining(path().replace(/.x\.db$/, ''))]);
    });

    it('names in one line a SQLite folder that it may not write', async () => {
      // Modes of files do not bind root, but nobody makes files in Linux's /sys.
      const shut = process.getuid?.() === 0 ? '/sys' : joinPath(folder, 'shut');
      if (shut !== '/sys') mkdirSync(shut, { mode: 0o500 });
      const { code, output } = await startOn(joinPath(shut, 'x.db'));
      if (shut !== '/sys') chmodSync(shut, 0o700);
      expect(code).toBe(1);
      expect(output.split('\n')).toEqual([expect.stringContaining(joinPath(shut, 'x.db'))]);
    });
  }
});
