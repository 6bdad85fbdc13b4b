import { MailerService } from '@nestjs-modules/mailer';
import { Injectable } from '@nestjs/common';
import { Clock, MINUTE_MS, SECOND_MS } from '../common/clock.js';
import { Backoff, backoffMs } from '../outbox/backoff.js';
import { classifyFailure, describe } from './delivery-failure.js';
import { LetterWriter } from './letter-writer.js';
import { Letter, LETTER_STATE } from './letter.entity.js';

/** Columns that a try changes. `triedAt` is included only when the mail server was contacted. */
type Changes = Partial<
  Pick<Letter, 'state' | 'secret' | 'tries' | 'nextTryAt' | 'lastError' | 'triedAt' | 'serverFailed'>
>;

const PAUSES: Backoff = { firstMs: 5 * SECOND_MS, longestMs: 10 * MINUTE_MS };
/** Longest pause as a part of the time in which the message is useful: a code of 15 minutes is tried at least every 90 seconds. */
const MAX_PAUSE_PART = 1 / 10;

/** Makes one try to send a message. */
@Injectable()
export class DeliveryService {
  constructor(
    private readonly writer: LetterWriter,
    private readonly mailer: MailerService,
    private readonly clock: Clock,
  ) {}

  /** Sends a message if it is still useful; never rejects. */
  async try(letter: Letter): Promise<Changes> {
    if (letter.usefulUntil <= this.clock.now()) return this.buried('expired');
    let mail;
    try {
      mail = this.writer.write(letter);
    } catch (error) {
      return this.buried(`cannot be written: ${describe(error, [])}`);
    }
    const tried = { tries: letter.tries + 1 };
    try {
      await this.mailer.sendMail(mail);
    } catch (error) {
      return { ...tried, triedAt: this.clock.now(), ...this.afterFailure(letter, error) };
    }
    const sent = { state: LETTER_STATE.SENT, secret: null, lastError: null, serverFailed: false };
    return { ...tried, triedAt: this.clock.now(), ...sent };
  }

  private afterFailure(letter: Letter, error: unknown): Changes {
    const { isServerFault, isPermanent } = classifyFailure(error);
    const lastError = describe(error, [this.writer.secretOf(letter), letter.recipient]);
    if (isPermanent) return { ...this.buried(lastError), serverFailed: isServerFault };
    return { lastError, serverFailed: isServerFault, nextTryAt: this.nextTryAt(letter) };
  }

  private buried(lastError: string): Changes {
    return { state: LETTER_STATE.DEAD, secret: null, lastError };
  }

  /**
   * Spreads the retries after an outage. The last pause ends when the message is no longer useful: then its secret is wiped.
   */
  private nextTryAt(letter: Letter): Date {
    const usefulMs = letter.usefulUntil.getTime() - letter.createdAt.getTime();
    const longestMs = Math.min(PAUSES.longestMs, usefulMs * MAX_PAUSE_PART);
    const pause = backoffMs(letter.tries, { ...PAUSES, longestMs });
    return new Date(Math.min(this.clock.in(pause).getTime(), letter.usefulUntil.getTime()));
  }
}
