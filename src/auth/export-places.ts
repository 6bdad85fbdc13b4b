import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import { Clock, SECOND_MS } from '../common/clock.js';
import { COMMON_ERRORS } from '../common/common.errors.js';
import { ipRange, ipv6Network } from '../config/addresses.js';
import { DatabaseSettings } from '../database/database.settings.js';

/** Exports under way at a time; each reads the database for as long as its client takes. */
const MAX_EXPORTS = 4;
/** Of these, so that one network leaves places to the others. */
const MAX_OF_NETWORK = 2;
const MAX_WAITING = 100;
const WAIT_MS = 20 * SECOND_MS;
const RETRY_SECONDS = 60;

/** Who exports: a user, from an IPv4 address or a /56 of IPv6, as one customer of a provider has it. */
interface Guest {
  userId: string;
  network: string;
}

interface Waiting {
  guest: Guest;
  admit(): void;
}

/** Lets few exports run at a time, one of a user and not all of one network. The others wait a while, then are refused with OVERLOADED. */
@Injectable()
export class ExportPlaces {
  /** Users whose exports are under way, and their networks. */
  private readonly inside = new Map<string, string>();
  private readonly waiting: Waiting[] = [];
  private readonly max: number;
  private readonly maxOfNetwork: number;

  constructor(
    settings: DatabaseSettings,
    private readonly clock: Clock,
  ) {
    // Each keeps a connection of the pool, of which the other requests need one at least.
    this.max = settings.sqliteFile === undefined ? Math.min(MAX_EXPORTS, settings.DATABASE_POOL_SIZE - 1) : MAX_EXPORTS;
    this.maxOfNetwork = Math.max(1, Math.min(MAX_OF_NETWORK, this.max - 1));
  }

  /** Exports that wait for a place. */
  get queued(): number {
    return this.waiting.length;
  }

  /** Takes a place; returns what gives it back. Whoever is gone waits no longer. */
  async take(userId: string, ip: string, gone: AbortSignal): Promise<() => void> {
    const guest = { userId, network: ipv6Network(ip, 56) ?? ipRange(ip) };
    if (this.hasPlace(guest)) this.admit(guest);
    else await this.wait(guest, gone);
    return () => {
      this.inside.delete(userId);
      this.admitNext();
    };
  }

  private hasPlace({ userId, network }: Guest): boolean {
    if (this.inside.size >= this.max || this.inside.has(userId)) return false;
    return [...this.inside.values()].filter((one) => one === network).length < this.maxOfNetwork;
  }

  private admit({ userId, network }: Guest): void {
    this.inside.set(userId, network);
  }

  private wait(guest: Guest, gone: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const refuse = () => {
        end();
        reject(new AppError(COMMON_ERRORS.OVERLOADED, { retryAfterSeconds: RETRY_SECONDS }));
      };
      const waiter = {
        guest,
        admit: () => {
          end();
          this.admit(guest);
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
    this.waiting.find(({ guest }) => this.hasPlace(guest))?.admit();
  }
}
