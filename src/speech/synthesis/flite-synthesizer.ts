import { Injectable, OnApplicationShutdown } from '@nestjs/common';
import { SECOND_MS } from '../../common/clock.js';
import { usableCores } from '../../common/cores.js';
import { FliteProcess } from './flite-process.js';

/** Each has some 100 MB while it lives. */
const MAX_PROCESSES = 4;
/** Idle processes end after this time, to free their memory. */
const IDLE_MS = 60 * SECOND_MS;

/**
 * Synthesizes speech with CMU Flite, compiled to WebAssembly, in a process a text: a thread that speaks several texts ends the whole
 * process with a segmentation fault, on Node 20 at least. A process is started, and has compiled Flite, before there is a text for it.
 */
@Injectable()
export class FliteSynthesizer implements OnApplicationShutdown {
  private readonly max = Math.min(MAX_PROCESSES, usableCores());
  private readonly spare: FliteProcess[] = [];
  private readonly alive = new Set<FliteProcess>();
  private readonly waiting: (() => void)[] = [];
  private running = 0;
  private isOver = false;
  private idleTimer?: NodeJS.Timeout;

  /** Returns the text as a WAV file; null when it was called off before its turn came. Throws when Flite fails or takes too long. */
  async synthesize(voice: string, text: string, signal?: AbortSignal): Promise<Buffer | null> {
    await this.turn();
    const process = this.spare.shift() ?? this.start();
    try {
      return signal?.aborted || this.isOver ? null : await process.speak({ voice, text });
    } finally {
      this.replace(process);
      this.giveTurnBack();
    }
  }

  async onApplicationShutdown(): Promise<void> {
    this.isOver = true;
    clearTimeout(this.idleTimer);
    await Promise.all([...this.alive].map((process) => this.end(process)));
  }

  private start(): FliteProcess {
    const process = new FliteProcess();
    this.alive.add(process);
    return process;
  }

  private replace(process: FliteProcess): void {
    void this.end(process);
    if (!this.isOver && this.spare.length < this.max) this.spare.push(this.start());
  }

  private async end(process: FliteProcess): Promise<void> {
    await process.close();
    this.alive.delete(process);
  }

  private async turn(): Promise<void> {
    clearTimeout(this.idleTimer);
    if (this.running < this.max) this.running += 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  private giveTurnBack(): void {
    const next = this.waiting.shift();
    if (next) return next();
    this.running -= 1;
    if (this.running > 0) return;
    this.idleTimer = setTimeout(() => {
      for (const process of this.spare.splice(0)) void this.end(process);
    }, IDLE_MS).unref();
  }
}
