import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const CLOCK_TICKS_PER_SECOND = 100;
const IDLE_WINDOW_MS = 500;
/** What a process may use of a core and still be called idle. */
const IDLE_SHARE = 0.1;
/** What `npm start` gives to Node. */
const START_OPTIONS = ['--max-semi-space-size=4'];

/** A process under measurement; it says `ready …` or the service's greeting once it listens. */
export class Child {
  private constructor(
    private readonly process: ChildProcess,
    readonly url: string,
    /** From the start to the first line that says it listens, seconds. */
    readonly bootSeconds: number,
  ) {}

  /** Starts a script of the build with these settings. */
  static async start(script: string, settings: Record<string, string>, ...args: string[]): Promise<Child> {
    const path = fileURLToPath(new URL(`../${script}`, import.meta.url));
    const startedAt = performance.now();
    const child = spawn(process.execPath, [...START_OPTIONS, path, ...args], {
      env: { PATH: process.env.PATH, ...settings },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of createInterface({ input: child.stdout })) {
      const [url] = /https?:\/\/[\w.:-]+/.exec(line) ?? [];
      if (url) {
        child.stdout.resume();
        return new Child(child, url.replace('localhost', '127.0.0.1'), (performance.now() - startedAt) / 1000);
      }
    }
    throw new Error(`${script} ended before it listened`);
  }

  /** CPU time used so far, milliseconds. From /proc: elsewhere than on Linux it is not known. */
  cpuMs(): number {
    try {
      const [, rest] = readFileSync(`/proc/${this.process.pid}/stat`, 'utf8').split(') ');
      const fields = rest.split(' ');
      return ((Number(fields[11]) + Number(fields[12])) * 1000) / CLOCK_TICKS_PER_SECOND;
    } catch {
      return NaN;
    }
  }

  /** Memory in use, MB. */
  memoryMb(): number {
    try {
      const status = readFileSync(`/proc/${this.process.pid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
    } catch {
      return NaN;
    }
  }

  /** Resolves when it does next to nothing: the letters of a thousand signups are sent after the last of them is answered. */
  async idle(): Promise<void> {
    let used: number;
    do {
      const before = this.cpuMs();
      await delay(IDLE_WINDOW_MS);
      used = this.cpuMs() - before;
    } while (used > IDLE_WINDOW_MS * IDLE_SHARE);
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    this.process.kill('SIGTERM');
    await once(this.process, 'exit');
  }
}
