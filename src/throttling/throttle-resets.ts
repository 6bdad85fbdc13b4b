import { Injectable } from '@nestjs/common';
import { Clock, SECOND_MS } from '../common/clock.js';
import { Secrets } from '../secrets/secrets.js';
import { Database } from '../database/database.js';
import { Transaction } from '../database/transaction.js';
import { ThrottleReset } from './throttle-reset.entity.js';

const PURPOSE = 'throttle-reset';
/** Other instances notice a reset within this time. */
const RELOAD_MS = 8 * SECOND_MS;

/**
 * Resets of counters by an administrator. A command cannot reach counters in the memory of another process, so a reset changes the key under
 * which an address is counted; the old counters run out.
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

  /** Reloads the resets when they are older than RELOAD_MS; concurrent requests share one query. */
  async refresh(): Promise<void> {
    const age = this.clock.now().getTime() - this.loadedAt;
    if (age >= 0 && age < RELOAD_MS) return;
    this.loading ??= this.load().finally(() => (this.loading = undefined));
    await this.loading;
  }

  /** The key under which an address or user is counted: itself, with the time of its last reset if there is one. */
  countedAs(whom: string): string {
    if (this.moments.size === 0) return whom;
    const [moment] = this.secrets.macs(PURPOSE, whom).flatMap((id) => this.moments.get(id.toString('hex')) ?? []);
    return moment === undefined ? whom : `${whom} since ${moment}`;
  }

  /** Resets the counters of an address or user. */
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
