import { Page } from 'playwright-core';
import { until } from './until.js';

const SAMPLES_PER_SECOND = 16_000;

/** How much sound a page says that it played. */
export class PlayedSound {
  /** Samples of each epoch. */
  private readonly epochs: number[] = [];

  constructor(page: Page) {
    page.on('websocket', (socket) =>
      socket.on('framesent', ({ payload }) => {
        const { type, epoch, samples } = typeof payload === 'string' ? JSON.parse(payload) : ({} as any);
        if (type === 'played') this.epochs[epoch] = samples;
      }),
    );
  }

  /** Resolves when so much more was played. */
  async more(seconds: number): Promise<void> {
    const enough = this.samples + seconds * SAMPLES_PER_SECOND;
    await until(() => this.samples >= enough);
  }

  private get samples(): number {
    return this.epochs.reduce((sum, samples) => sum + samples, 0);
  }
}
