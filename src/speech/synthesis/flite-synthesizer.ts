import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { Injectable, OnApplicationShutdown } from '@nestjs/common';
import { SECOND_MS } from '../../common/clock.js';
import type { FliteJob } from './flite-worker.js';

const WORKER = fileURLToPath(new URL('./flite-worker.js', import.meta.url));
const FILE = 'speech.wav';
/** A hundred times what a sentence takes. */
const TIMEOUT_MS = 60 * SECOND_MS;

/**
 * Synthesizes speech with CMU Flite, compiled to WebAssembly. Each text runs in a worker thread of its own, so that the event loop
 * is free and the memory (the module alone has 21 MB) is returned. Only one worker runs at a time, which bounds the memory.
 */
@Injectable()
export class FliteSynthesizer implements OnApplicationShutdown {
  private last: Promise<unknown> = Promise.resolve();
  private worker?: Worker;

  /** Returns the text as a WAV file. Throws when Flite fails or takes too long. */
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

  private async run(workerData: FliteJob): Promise<void> {
    // Node warns on every start of WASI that it is experimental; the log need not repeat it.
    const worker = new Worker(WORKER, { workerData, execArgv: ['--disable-warning=ExperimentalWarning'] });
    this.worker = worker;
    const deadline = setTimeout(() => void worker.terminate(), TIMEOUT_MS);
    try {
      const [code] = (await once(worker, 'exit')) as [number];
      if (code !== 0) throw new Error(`Flite ended with code ${code}`);
    } finally {
      clearTimeout(deadline);
      this.worker = undefined;
    }
  }
}
