import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import { Clock, SECOND_MS } from '../common/clock.js';
import { COMMON_ERRORS } from '../common/common.errors.js';
import { DatabaseSettings } from '../database/database.settings.js';

/** Exports under way at a time; each reads the database for as long as its client takes. */
const MAX_EXPORTS = 2;
const MAX_WAITING = 100;
const WAIT_MS = 20 * SECOND_MS;
const RETRY_SECONDS = 60;

interface Waiting {
  userId: string;
  admit(): void;
}

/** Lets few exports run at a time, and one a user. The others wait a while, then are refused with OVERLOADED. */
@Injectable()
export class ExportPlaces {
  /** Whose exports are under way. */
  private readonly inside = new Set<string>();
  private readonly waiting: Waiting[] = [];
  private readonly max: number;

  constructor(
    settings: DatabaseSettings,
    private readonly clock: Clock,
  ) {
    // Each keeps a connection of the pool, of which the other requests need one at least.
    this.max = settings.sqliteFile === undefined ? Math.min(MAX_EXPORTS, settings.DATABASE_POOL_SIZE - 1) : MAX_EXPORTS;
  }

  /** Exports that wait for a place. */
  get queued(): number {
    return this.waiting.length;
  }

  /** Takes a place; returns what gives it back. Whoever is gone waits no longer. */
  async take(userId: string, gone: AbortSignal): Promise<() => void> {
    if (this.isFree(userId)) this.inside.add(userId);
    else await this.wait(userId, gone);
    return () => {
      this.inside.delete(userId);
      this.admitNext();
    };
  }

  private isFree(userId: string): boolean {
    return this.inside.size < this.max && !this.inside.has(userId);
  }

  private wait(userId: string, gone: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const refuse = () => {
        end();
        reject(new AppError(COMMON_ERRORS.OVERLOADED, { retryAfterSeconds: RETRY_SECONDS }));
      };
      const waiter = {
        userId,
        admit: () => {
          end();
          this.inside.add(userId);
          resolve();
        },
      };
      const callOff = this.clock.after(WAIT_MS, refuse);
      const end = () => {
        callOff();
        gone.removeEventListener('abort', refuse);
        const index = this.waiting.indexOf(waiter);
        if (index >= 0) this.waiting.splice(index, 1);
      };
      gone.addEventListener('abort', refuse);
      if (gone.aborted || this.waiting.length >= MAX_WAITING) refuse();
      else this.waiting.push(waiter);
    });
  }

  private admitNext(): void {
    this.waiting.find(({ userId }) => this.isFree(userId))?.admit();
  }
}
