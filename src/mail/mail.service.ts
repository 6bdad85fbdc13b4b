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

/** A letter as its cause hands it in. */
export interface QueuedLetter {
  kind: LetterKind;
  recipient: string;
  /** As the person typed it; used in the greeting only. */
  name: string;
  /** The code or token, for the kinds that carry one. */
  secret?: string;
  /** Further values of the kind's templates; nothing secret. */
  params?: Record<string, string | number>;
  /** After this moment the letter is of no use and is not sent; letters with a secret tell their reader the time left. */
  usefulUntil: Date;
  /** The same row, never sent: an address without an account costs the same work as one with. */
  isVoid?: boolean;
}

/** Takes letters in. They are written in the unit of work of their cause and sent after it (transactional outbox). */
@Injectable()
export class MailService {
  constructor(
    private readonly clock: Clock,
    private readonly secrets: Secrets,
    private readonly outbox: MailOutbox,
  ) {}

  /** Queues a letter: it goes out if, and only if, the unit of work is committed. Never waits for the mail server. */
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

  /** True while delivery is known to fail: the last try, of whatever instance, found the mail server itself failing. */
  async isFailing(manager: EntityManager): Promise<boolean> {
    const lastTried = await manager.findOne(Letter, {
      select: { id: true, serverFailed: true },
      where: { triedAt: Not(IsNull()) },
      order: { triedAt: 'DESC' },
    });
    return lastTried?.serverFailed ?? false;
  }

  /** Deletes every letter to an address, for the deletion of its account. */
  async forget(transaction: Transaction, recipient: string): Promise<void> {
    await transaction.manager.delete(Letter, { recipient });
  }
}
