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
 * Networks from which somebody proved to own an address: by password, code or reset link. Stored apart from sessions, which end when an
 * attacked owner sets a new password, and always in the database, so that they survive a restart.
 */
@Injectable()
export class KnownNetworks {
  constructor(
    private readonly database: Database,
    private readonly secrets: Secrets,
    private readonly clock: Clock,
    private readonly settings: ThrottlingSettings,
  ) {}

  /** Remembers the network, in the unit of work of the login. */
  async remember(transaction: Transaction, email: string, ip: string): Promise<void> {
    const resetsAt = this.clock.in(this.settings.THROTTLE_KNOWN_NETWORK_DAYS * DAY_MS);
    const network = { id: this.idsOf(email, ip)[0], count: 1, resetsAt };
    await transaction.rows.insert(Counter, network, { key: 'id', columns: ['resetsAt'] });
  }

  /** Costs one look-up by key, with or without an account. */
  isKnown(email: string, ip: string): Promise<boolean> {
    const where = this.idsOf(email, ip).map((id) => ({ id, resetsAt: MoreThan(this.clock.now()) }));
    return this.database.reader.manager.existsBy(Counter, where);
  }

  /** Deletes the networks of an address, and the time when its device tokens were ended, when its account is deleted. */
  async forget({ manager }: Transaction, email: string): Promise<void> {
    for (const beginning of countersOfAddress(this.secrets, email)) {
      await manager.delete(Counter, { id: Like(`${beginning}%`) });
    }
  }

  private idsOf(email: string, ip: string): string[] {
    return idsOfCounter(this.secrets, email, 'known-network', maskedIp(ip));
  }
}
