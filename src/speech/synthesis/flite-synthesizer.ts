import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { Injectable, OnApplicationShutdown } from '@nestjs/common';
import { SECOND_MS } from '../../common/clock.js';

const WORKER = fileURLToPath(new URL('./flite-worker.js', import.meta.url));
const FILE = 'speech.wav';
/** A hundred times what a sentence takes; then it is given up. */
const LONGEST_MS = 60 * SECOND_MS;

/**
 * Speaks with CMU Flite, compiled to WebAssembly. Each sentence gets a worker thread that ends with it: the event loop goes on, and
 * the memory (the module alone has 21 MB) is given back. One at a time, so that it is never more than once that.
 */
@Injectable()
export class FliteSynthesizer implements OnApplicationShutdown {
  private last: Promise<unknown> = Promise.resolve();
  private worker?: Worker;

  /** The text as a WAV file. */
  synthesize(voice: string, text: string): Promise<Buffer> {
    const speech = this.last.then(() => this.speak(voice, text));
    this.last = speech.catch(() => undefined);
    return speech;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.worker?.terminate();
  }

  private async speak(voice: string, text: string): Promise<Buffer> {
    const folder = await mkdtemp(join(tmpdir(), 'talkstack-voice-'));
    try {
      await this.run({ voice, text, folder, file: FILE });
      return await readFile(join(folder, FILE));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  private async run(workerData: Record<string, string>): Promise<void> {
    // That WASI is experimental is for us to know, not for the log.
    const worker = new Worker(WORKER, { workerData, execArgv: ['--disable-warning=ExperimentalWarning'] });
    this.worker = worker;
    const deadline = setTimeout(() => void worker.terminate(), LONGEST_MS);
    try {
      const [code] = (await once(worker, 'exit')) as [number];
      if (code !== 0) throw new Error(`Flite ended with code ${code}`);
    } finally {
      clearTimeout(deadline);
      this.worker = undefined;
    }
  }
}
