import { ChildProcess, spawn, StdioOptions } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ApiClient } from './api-client.js';
import { Settings, TEST_SETTINGS } from './start-app.js';

/** How a process ended. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** All that it wrote to standard output and standard error. */
  output: string;
}

/** The built server in a process of its own. */
export interface ServerProcess {
  api: ApiClient;
  url: string;
  port: number;
  /** Lines of standard output and standard error so far. */
  lines: string[];
  exit: Promise<Exit>;
  /** The first line that matches; waits for it. */
  line(pattern: RegExp): Promise<string>;
  /** Sends a signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<Exit>;
  signal(signal: NodeJS.Signals): void;
}

const LISTENING = /(?:listens on|Server listening at) (http:\/\/[\w.]+:(\d+))/;

const running = new Set<ChildProcess>();

/** Kills what a failed test left behind. */
export function killProcesses(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** Path of a file of the build. */
export function built(file: string): string {
  return fileURLToPath(new URL(`../../dist/${file}`, import.meta.url));
}

/** Set by `npm run coverage`: the folder to which every process writes which of its lines ran. */
const { NODE_V8_COVERAGE } = process.env;

/** Path of a program as users start it: `main`, or that of a command. For coverage it is not bundled: a line of the bundle holds many of ours. */
export function program(name: string): string {
  const unbundled = [`src/${name}.js`, `src/commands/${name}.js`].map(built);
  return (NODE_V8_COVERAGE && unbundled.find((path) => existsSync(path))) || built(`bundle/${name}.js`);
}

class Output {
  readonly lines: string[] = [];
  private readonly watchers = new Set<() => void>();

  constructor(child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.add(line));
    }
  }

  /** Resolves with the first line that matches. */
  find(pattern: RegExp): Promise<string> {
    return new Promise((resolve) => {
      const look = () => {
        const found = this.lines.find((line) => pattern.test(line));
        if (found === undefined) return;
        this.watchers.delete(look);
        resolve(found);
      };
      this.watchers.add(look);
      look();
    });
  }

  private add(line: string): void {
    this.lines.push(line);
    for (const look of [...this.watchers]) look();
  }
}

/** Starts a program of the build; the caller sees to its end. */
export function launch(
  file: string,
  args: string[],
  settings: Settings,
  cwd: string,
  stdio: StdioOptions = ['ignore', 'pipe', 'pipe'],
) {
  // Nothing of the developer's environment: its settings are not the test's.
  const env = { PATH: process.env.PATH, ...(NODE_V8_COVERAGE && { NODE_V8_COVERAGE }), ...settings };
  const child = spawn(process.execPath, [file, ...args], { cwd, env, stdio });
  running.add(child);
  const output = new Output(child);
  const exit = new Promise<Exit>((resolve) =>
    child.once('close', (code, signal) => {
      running.delete(child);
      resolve({ code, signal, output: output.lines.join('\n') });
    }),
  );
  return { child, output, exit };
}

/** Runs a program of the build (or any script) to its end. A server that should have refused to start is killed once it listens. */
export function runProcess(file: string, args: string[], settings: Settings, cwd: string): Promise<Exit> {
  const { child, output, exit } = launch(file, args, settings, cwd);
  void output.find(LISTENING).then(() => child.kill('SIGKILL'));
  return exit;
}

/** Starts the built server in a folder; resolves when it listens, rejects when it ends before. */
export async function startProcess(settings: Settings, cwd: string): Promise<ServerProcess> {
  const { child, output, exit } = launch(program('main'), [], { ...TEST_SETTINGS, ...settings }, cwd);
  const early = exit.then(({ output: text }) => Promise.reject(new Error(`The server ended:\n${text}`)));
  const [, url, port] = LISTENING.exec(await Promise.race([output.find(LISTENING), early])) ?? [];
  early.catch(() => undefined);
  return {
    api: new ApiClient(`http://127.0.0.1:${port}`),
    url,
    port: Number(port),
    lines: output.lines,
    exit,
    line: (pattern) => output.find(pattern),
    signal: (signal) => void child.kill(signal),
    stop: (signal = 'SIGTERM') => {
      child.kill(signal);
      return exit;
    },
  };
}
