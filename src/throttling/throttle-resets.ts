import { Injectable } from '@nestjs/common';
import { Clock, SECOND_MS } from '../common/clock.js';
import { Secrets } from '../secrets/secrets.js';
import { Database } from '../database/database.js';
import { Transaction } from '../database/transaction.js';
import { ThrottleReset } from './throttle-reset.entity.js';

const PURPOSE = 'throttle-reset';
/** Every instance knows of a reset within this time. */
const RELOAD_MS = 8 * SECOND_MS;

/**
 * Resets by an administrator. Counters live in Redis, in the database or in the memory of another process, where a command cannot reach
 * them; so a reset changes the key under which its address is counted from then on, and the old counters are left to run out.
 */
@Injectable()
export class ThrottleResets {
  private moments = new Map<string, number>();
  private loadedAt = -Infinity;
  private loading?: Promise<void>;

  constructor(
    private readonly database: Database,
    private readonly secrets: Secrets,
    private readonly clock: Clock,
  ) {}

  /** Reads the resets anew when they were read too long ago; one small statement for all requests of that time. */
  async refresh(): Promise<void> {
    const age = this.clock.now().getTime() - this.loadedAt;
    if (age >= 0 && age < RELOAD_MS) return;
    this.loading ??= this.load().finally(() => (this.loading = undefined));
    await this.loading;
  }

  /** What the address or user is counted as: itself, or after a reset itself since that moment. */
  countedAs(whom: string): string {
    if (this.moments.size === 0) return whom;
    const [moment] = this.secrets.macs(PURPOSE, whom).flatMap((id) => this.moments.get(id.toString('hex')) ?? []);
    return moment === undefined ? whom : `${whom} since ${moment}`;
  }

  /** Lets the address or user start anew. */
  async reset(transaction: Transaction, whom: string): Promise<void> {
    const reset = { id: this.idOf(whom), at: this.clock.now() };
    await transaction.rows.insert(ThrottleReset, reset, { key: 'id', columns: ['at'] });
  }

  private async load(): Promise<void> {
    const loadedAt = this.clock.now().getTime();
    const resets = await this.database.reader.manager.find(ThrottleReset);
    this.moments = new Map(resets.map(({ id, at }) => [id, at.getTime()]));
    this.loadedAt = loadedAt;
  }

  private idOf(whom: string): string {
    return this.secrets.mac(PURPOSE, whom).toString('hex');
  }
}
