import { Injectable } from '@nestjs/common';
import { EntityManager, IsNull, Not } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { Clock } from '../common/clock.js';
import { Secrets } from '../secrets/secrets.js';
import { Transaction } from '../database/transaction.js';
import { notLeased } from '../outbox/leased-row.js';
import { Letter, LETTER_STATE } from './letter.entity.js';
import { LetterKind, LETTERS } from './letters.js';
import { MailOutbox } from './mail-outbox.js';

/** A message to queue. */
export interface QueuedLetter {
  kind: LetterKind;
  recipient: string;
  /** The name that the person typed; only for the greeting. */
  name: string;
  /** The code, token or address, for kinds that have one. */
  secret?: string;
  /** Further values of the templates; nothing secret. */
  params?: Record<string, string | number>;
  /** After this time the message is useless and is not sent. Messages with a secret tell the remaining time. */
  usefulUntil: Date;
  /** Writes the row but never sends it, so that an address without an account costs the same work. */
  isVoid?: boolean;
}

/** Queues messages in the unit of work of their cause; they are sent after its commit (transactional outbox). */
@Injectable()
export class MailService {
  constructor(
    private readonly clock: Clock,
    private readonly secrets: Secrets,
    private readonly outbox: MailOutbox,
  ) {}

  /** Queues a message, which is sent if and only if the unit of work commits. Never waits for the mail server. */
  async queue(transaction: Transaction, letter: QueuedLetter): Promise<void> {
    if (LETTERS[letter.kind].secret !== null && letter.secret === undefined && !letter.isVoid) {
      throw new Error(`The letter ${letter.kind} needs its secret`);
    }
    const id = uuid();
    const now = this.clock.now();
    const sealed = letter.secret === undefined ? null : this.secrets.encrypt(letter.secret, id);
    await transaction.manager.insert(Letter, {
      id,
      kind: letter.kind,
      recipient: letter.recipient,
      params: JSON.stringify({ ...letter.params, name: letter.name }),
      secret: letter.isVoid ? null : sealed,
      state: letter.isVoid ? LETTER_STATE.VOID : LETTER_STATE.QUEUED,
      usefulUntil: letter.usefulUntil,
      ...notLeased(now),
      lastError: null,
      triedAt: null,
      serverFailed: false,
      createdAt: now,
    });
    transaction.afterCommit(() => this.outbox.wake());
  }

  /** Whether the last try of any instance found the mail server failing. */
  async isFailing(manager: EntityManager): Promise<boolean> {
    const lastTried = await manager.findOne(Letter, {
      select: { id: true, serverFailed: true },
      where: { triedAt: Not(IsNull()) },
      order: { triedAt: 'DESC' },
    });
    return lastTried?.serverFailed ?? false;
  }

  /** Deletes all messages to an address, when its account is deleted. */
  async forget(transaction: Transaction, recipient: string): Promise<void> {
    await transaction.manager.delete(Letter, { recipient });
  }
}
