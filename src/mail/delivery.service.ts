import { MailerService } from '@nestjs-modules/mailer';
import { Injectable } from '@nestjs/common';
import { Clock, MINUTE_MS, SECOND_MS } from '../common/clock.js';
import { Backoff, backoffMs } from '../outbox/backoff.js';
import { classifyFailure, describe } from './delivery-failure.js';
import { LetterWriter } from './letter-writer.js';
import { Letter, LETTER_STATE } from './letter.entity.js';

/** Columns of a letter that a try changes. `triedAt` is among them only when the mail server was asked. */
type Changes = Partial<
  Pick<Letter, 'state' | 'secret' | 'tries' | 'nextTryAt' | 'lastError' | 'triedAt' | 'serverFailed'>
>;

const PAUSES: Backoff = { firstMs: 5 * SECOND_MS, longestMs: 10 * MINUTE_MS };
/** No pause takes more of a letter's useful life than this part of it: a code of 15 minutes is tried every 90 seconds at least. */
const LONGEST_PAUSE_PART = 1 / 10;

/** Makes one try at a letter. */
@Injectable()
export class DeliveryService {
  constructor(
    private readonly writer: LetterWriter,
    private readonly mailer: MailerService,
    private readonly clock: Clock,
  ) {}

  /** Sends a letter if it is still of use; never rejects. */
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
   * The letters of an outage do not come back all at once. The last pause ends when the letter's use does: then its secret is wiped.
   */
  private nextTryAt(letter: Letter): Date {
    const usefulMs = letter.usefulUntil.getTime() - letter.createdAt.getTime();
    const longestMs = Math.min(PAUSES.longestMs, usefulMs * LONGEST_PAUSE_PART);
    const pause = backoffMs(letter.tries, { ...PAUSES, longestMs });
    return new Date(Math.min(this.clock.in(pause).getTime(), letter.usefulUntil.getTime()));
  }
}
