import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'undici';
import { ApiClient } from './support/api-client.js';
import { TEST_SETTINGS } from './support/start-app.js';
import { built, killProcesses, launch } from './support/start-process.js';
import { createMigratedDatabase, TestDatabase } from './support/test-database.js';

const SOURCE = 'src/operation/health.controller.ts';
const CODE = "return success('The process runs.')";

/** Speaks to the inspector of a process, as editors do. */
class Inspector {
  readonly scripts: { scriptId: string; url: string; sourceMapURL: string }[] = [];
  private readonly answers = new Map<number, (result: any) => void>();
  private readonly watchers = new Map<string, (event: any) => void>();
  private count = 0;

  private constructor(private readonly socket: WebSocket) {
    socket.addEventListener('message', ({ data }) => {
      const { id, result, method, params } = JSON.parse(String(data));
      if (method === 'Debugger.scriptParsed') this.scripts.push(params);
      this.answers.get(id)?.(result);
      this.watchers.get(method)?.(params);
    });
  }

  static connect(url: string): Promise<Inspector> {
    const socket = new WebSocket(url);
    const inspector = new Inspector(socket);
    return new Promise((resolve, reject) => {
      socket.addEventListener('open', () => resolve(inspector));
      socket.addEventListener('error', ({ message }) => reject(new Error(message)));
    });
  }

  send(method: string, params: object = {}): Promise<any> {
    this.count += 1;
    this.socket.send(JSON.stringify({ id: this.count, method, params }));
    return new Promise((resolve) => this.answers.set(this.count, resolve));
  }

  next(event: string): Promise<any> {
    return new Promise((resolve) => this.watchers.set(event, resolve));
  }

  close(): void {
    this.socket.close();
  }
}

/** The source map of a script, and the file that it lies beside. */
function sourceMapOf({ url, sourceMapURL }: { url: string; sourceMapURL: string }) {
  const path = join(dirname(fileURLToPath(url)), sourceMapURL);
  return { map: new SourceMap(JSON.parse(readFileSync(path, 'utf8'))), folder: dirname(path) };
}

/** Where in a script the code of a line of a source begins; lines and columns from 0. */
function placeOf(source: string, line: number, script: Inspector['scripts'][number]) {
  const { map, folder } = sourceMapOf(script);
  const file = map.payload.sources.find((path) => relative('.', join(folder, path)) === source);
  if (file === undefined) return undefined;
  const lines = readFileSync(fileURLToPath(script.url), 'utf8').split('\n');
  for (const [lineNumber, text] of lines.entries()) {
    for (let columnNumber = 0; columnNumber < text.length; columnNumber += 1) {
      const entry = map.findEntry(lineNumber, columnNumber);
      if ('originalSource' in entry && entry.originalSource === file && entry.originalLine === line) {
        return { scriptId: script.scriptId, lineNumber, columnNumber };
      }
    }
  }
  return undefined;
}

describe('A debugger', () => {
  let database: TestDatabase;
  beforeAll(async () => (database = await createMigratedDatabase()));
  afterAll(async () => {
    killProcesses();
    await database?.drop();
  });

  it('stops the built service at a line of TypeScript, and shows that line', async () => {
    const settings = { ...TEST_SETTINGS, DATABASE_URL: database.url, NODE_OPTIONS: '--inspect=127.0.0.1:0' };
    const { child, output, exit } = launch(built('bundle/start.cjs'), [], settings, process.cwd());
    const [, url] = /(ws:\S+)/.exec(await output.find(/Debugger listening on ws:/)) ?? [];
    const [, address] = /listening at (\S+?)"/.exec(await output.find(/Server listening at/)) ?? [];
    const inspector = await Inspector.connect(url);
    await inspector.send('Debugger.enable');
    const line = readFileSync(SOURCE, 'utf8')
      .split('\n')
      .findIndex((text) => text.includes(CODE));
    const bundled = inspector.scripts.filter(({ url, sourceMapURL }) => url.includes('/bundle/') && sourceMapURL);
    const [place] = bundled.flatMap((script) => placeOf(SOURCE, line, script) ?? []);
    await inspector.send('Debugger.setBreakpoint', { location: place });
    const paused = inspector.next('Debugger.paused');
    const answer = new ApiClient(address).get('/health/live');
    const [{ location }] = (await paused).callFrames;
    const script = inspector.scripts.find(({ scriptId }) => scriptId === location.scriptId)!;
    const { map } = sourceMapOf(script);
    expect(map.findEntry(location.lineNumber, location.columnNumber)).toMatchObject({ originalLine: line });
    await inspector.send('Debugger.resume');
    expect((await answer).status).toBe(200);
    inspector.close();
    child.kill('SIGTERM');
    expect((await exit).code).toBe(0);
  });
});
