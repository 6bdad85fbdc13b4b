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

/** Writes each security event in the unit of work that causes it, so that an event exists exactly when its cause was committed. */
@Injectable()
export class AuditService {
  constructor(
    @InjectRepository(AuditEvent) private readonly events: Repository<AuditEvent>,
    private readonly clock: Clock,
  ) {}

  /** Returns true when any event of this user is recorded. */
  knows(userId: string): Promise<boolean> {
    return this.events.existsBy({ userId });
  }

  /** `client` is null for an administrator's command. */
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

  /** Blanks an address in every event when its account is deleted. The events remain under the user's id. */
  async forget(transaction: Transaction, email: string): Promise<void> {
    await transaction.manager.update(AuditEvent, { email }, { email: null });
  }
}
