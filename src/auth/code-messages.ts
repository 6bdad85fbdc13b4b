import { Injectable } from '@nestjs/common';
import { Clock, MINUTE_MS } from '../common/clock.js';
import { FlowsSettings } from './flows.settings.js';
import { Transaction } from '../database/transaction.js';
import { momentInWords } from '../mail/letters.js';
import { MailService } from '../mail/mail.service.js';
import { Codes } from './codes.js';
import { programInWords } from './program-in-words.js';
import { SignupAttempt } from './signup-attempt.entity.js';

/** When and where a signup came from. Messages say so, so that readers recognise their own signup or a stranger's. */
export function originOf({ createdAt, network, userAgent }: SignupAttempt): Record<string, string> {
  return { signedUpAt: momentInWords(createdAt), network: network ?? '', program: programInWords(userAgent ?? '') };
}

/** Sends verification codes. */
@Injectable()
export class CodeMessages {
  constructor(
    private readonly codes: Codes,
    private readonly mail: MailService,
    private readonly clock: Clock,
    private readonly settings: FlowsSettings,
  ) {}

  /** When a code created now expires. */
  expiry(): Date {
    return this.clock.in(this.settings.CODE_LIFETIME_MINUTES * MINUTE_MS);
  }

  /** Sends a new code, which replaces the old one. Without a signup it does the same work, but the message is never sent. */
  async renew(transaction: Transaction, email: string, attempt: SignupAttempt | undefined): Promise<void> {
    const [code, codeExpiresAt] = [this.codes.generate(), this.expiry()];
    const isDecoy = attempt?.codeHash == null;
    const codeHash = isDecoy ? null : this.codes.hash(attempt.id, code);
    const renewed = { codeHash, codeExpiresAt, codeTries: 0, ownCodeTries: 0 };
    await transaction.manager.update(SignupAttempt, { id: attempt?.id ?? '' }, renewed);
    await this.queue(transaction, email, attempt, { code, expiresAt: codeExpiresAt, isVoid: isDecoy });
  }

  async queue(
    transaction: Transaction,
    recipient: string,
    attempt: SignupAttempt | undefined,
    { code, expiresAt, isVoid }: { code: string; expiresAt: Date; isVoid: boolean },
  ): Promise<void> {
    await this.mail.queue(transaction, {
      kind: 'verification-code',
      recipient,
      name: attempt?.name ?? '',
      secret: code,
      params: { minutes: this.settings.CODE_LIFETIME_MINUTES, ...(attempt && originOf(attempt)) },
      usefulUntil: expiresAt,
      isVoid,
    });
  }
}
