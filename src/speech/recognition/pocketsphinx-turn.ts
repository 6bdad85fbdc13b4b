import { FRAME_MS } from '../../common/sound.js';
import { Places } from '../../common/places.js';
import { ProviderError } from '../../common/provider-error.js';
import { Timers } from '../../common/timers.js';
import { PocketsphinxProcess } from './pocketsphinx-process.js';
import type { PocketsphinxFiles } from './pocketsphinx-program.js';
import type { RecognizedTurn } from './turn-by-turn.js';

/** Longest turn; later sound of it is ignored. */
const MAX_TURN_MS = 60_000;
/** Words that come later than this after their sound are of no use: the conversation has gone on. */
const TIMEOUT_MS = 2200;

/** What the work on turns needs. */
export interface PocketsphinxParts {
  files: PocketsphinxFiles;
  places: Places;
  timers: Timers;
}

/** One turn of a person: waits for a place among the processes, while its sound is kept. */
export class PocketsphinxTurn implements RecognizedTurn {
  private process: PocketsphinxProcess | null = null;
  private waiting: Int16Array[] = [];
  private lengthMs = 0;
  private isOver = false;
  private start!: () => void;
  private readonly started = new Promise<void>((resolve) => (this.start = resolve));
  private giveBack: () => void = () => undefined;
  private readonly callOff: () => void;

  constructor(private readonly parts: PocketsphinxParts) {
    this.callOff = parts.places.take((giveBack) => this.begin(giveBack));
  }

  write(samples: Int16Array): void {
    if (this.isOver || this.lengthMs >= MAX_TURN_MS) return;
    this.lengthMs += FRAME_MS;
    if (this.process) this.process.write(samples);
    else this.waiting.push(samples.slice());
  }

  async finish(): Promise<string> {
    let stopWaiting: () => void = () => undefined;
    const late = new Promise<never>((_, reject) => {
      const fail = () => reject(new ProviderError('late', 'too many people speak at the same time for this machine'));
      stopWaiting = this.parts.timers.after(TIMEOUT_MS, fail);
    });
    try {
      return await Promise.race([this.started.then(() => this.process?.words() ?? ''), late]);
    } finally {
      stopWaiting();
      this.close();
    }
  }

  close(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.callOff();
    this.waiting = [];
    this.process?.kill();
    this.start();
    this.giveBack();
  }

  private begin(giveBack: () => void): void {
    this.giveBack = giveBack;
    this.process = new PocketsphinxProcess(this.parts.files);
    for (const samples of this.waiting.splice(0)) this.process.write(samples);
    this.start();
  }
}
