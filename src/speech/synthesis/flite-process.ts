import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SECOND_MS } from '../../common/clock.js';
import type { FliteJob, FliteResult } from './flite-worker.js';

const WORKER = fileURLToPath(new URL('./flite-worker.js', import.meta.url));
/** A hundred times what a sentence takes. */
const TIMEOUT_MS = 60 * SECOND_MS;

/** A process that waits for the one text that it will speak, and the folder in which it does. */
export class FliteProcess {
  private readonly folder = mkdtempSync(join(tmpdir(), 'talkstack-voice-'));
  private readonly child: ChildProcess;
  private readonly exit: Promise<unknown>;

  constructor() {
    this.child = fork(WORKER, [this.folder], {
      serialization: 'advanced',
      // Nothing of the settings, some of which are secrets; and Node says of WASI that it is experimental.
      env: {},
      execArgv: ['--no-warnings'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.exit = new Promise<void>((resolve) => {
      this.child.once('exit', () => resolve());
      this.child.once('error', () => resolve());
    });
    // An idle process must not keep the service running.
    this.child.unref();
    this.child.channel?.unref();
  }

  /** Returns a WAV file. Throws when Flite fails or takes too long. To be called once. */
  async speak(job: FliteJob): Promise<Buffer> {
    const over = new AbortController();
    void this.exit.then(() => over.abort());
    const deadline = setTimeout(() => over.abort(), TIMEOUT_MS);
    try {
      this.child.channel?.ref();
      // When the process is gone, its exit is the error.
      this.child.send(job, () => undefined);
      const [result] = (await once(this.child, 'message', { signal: over.signal })) as [FliteResult];
      if (typeof result === 'number') throw new Error(`Flite ended with code ${result}`);
      return Buffer.from(result.buffer, result.byteOffset, result.byteLength);
    } finally {
      clearTimeout(deadline);
    }
  }

  async close(): Promise<void> {
    // A spare one keeps nothing alive, but its folder has to go before the service ends.
    this.child.ref();
    this.child.kill('SIGKILL');
    await this.exit;
    rmSync(this.folder, { recursive: true, force: true });
  }
}
