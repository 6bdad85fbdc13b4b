import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { Clock } from '../common/clock.js';
import { Transaction } from '../database/transaction.js';
import { maskedIp } from '../config/addresses.js';
import { Client } from '../http/client.js';
import { AuditEvent } from './audit-event.entity.js';
import { AuditEventType } from './audit-events.js';

/** Writes security events in the unit of work that they speak of, so that none is told that did not happen, and none is lost. */
@Injectable()
export class AuditService {
  constructor(
    @InjectRepository(AuditEvent) private readonly events: Repository<AuditEvent>,
    private readonly clock: Clock,
  ) {}

  /** Whether anything was ever recorded of this user. */
  knows(userId: string): Promise<boolean> {
    return this.events.existsBy({ userId });
  }

  /** `client` is null for what an administrator did by command. */
  async record(
    { rows }: Pick<Transaction, 'rows'>,
    type: AuditEventType,
    who: { userId: string | null; email: string | null },
    client: Client | null,
  ): Promise<void> {
    await rows.insert(AuditEvent, {
      id: uuid(),
      at: this.clock.now(),
      type,
      userId: who.userId,
      email: who.email,
      network: client && maskedIp(client.ip),
      requestId: client?.requestId ?? null,
    });
  }

  /** Blanks an address in every event, for the deletion of its account. What happened stays, under the user's id alone. */
  async forget(transaction: Transaction, email: string): Promise<void> {
    await transaction.manager.update(AuditEvent, { email }, { email: null });
  }
}
