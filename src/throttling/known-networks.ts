import { Injectable } from '@nestjs/common';
import { Like, MoreThan } from 'typeorm';
import { Clock, DAY_MS } from '../common/clock.js';
import { Secrets } from '../secrets/secrets.js';
import { ThrottlingSettings } from './throttling.settings.js';
import { Database } from '../database/database.js';
import { Transaction } from '../database/transaction.js';
import { maskedIp } from '../config/addresses.js';
import { countersOfAddress, idsOfCounter } from './address-counters.js';
import { Counter } from './counter.entity.js';

/**
 * Networks from which somebody proved to own an address: by password, code or reset link. Kept apart from sessions, for these end
 * when the owner under attack sets a new password; and always in the database, for a restart must not forget the owner's devices.
 */
@Injectable()
export class KnownNetworks {
  constructor(
    private readonly database: Database,
    private readonly secrets: Secrets,
    private readonly clock: Clock,
    private readonly settings: ThrottlingSettings,
  ) {}

  /** Remembers the network with the login that it belongs to. */
  async remember(transaction: Transaction, email: string, ip: string): Promise<void> {
    const resetsAt = this.clock.in(this.settings.THROTTLE_KNOWN_NETWORK_DAYS * DAY_MS);
    const network = { id: this.idsOf(email, ip)[0], count: 1, resetsAt };
    await transaction.rows.insert(Counter, network, { key: 'id', columns: ['resetsAt'] });
  }

  /** One look-up by key, for addresses with and without an account alike. */
  isKnown(email: string, ip: string): Promise<boolean> {
    const where = this.idsOf(email, ip).map((id) => ({ id, resetsAt: MoreThan(this.clock.now()) }));
    return this.database.reader.manager.existsBy(Counter, where);
  }

  /** Forgets the networks of an address, and when its device tokens were ended, for the deletion of its account. */
  async forget({ manager }: Transaction, email: string): Promise<void> {
    for (const beginning of countersOfAddress(this.secrets, email)) {
      await manager.delete(Counter, { id: Like(`${beginning}%`) });
    }
  }

  private idsOf(email: string, ip: string): string[] {
    return idsOfCounter(this.secrets, email, 'known-network', maskedIp(ip));
  }
}
