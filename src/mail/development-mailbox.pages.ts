import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import { normaliseEmail } from '../http/email-address.js';
import { DeliveredLetter, DevelopmentMailbox } from './development-mailbox.js';
import { MAIL_ERRORS } from './mail.errors.js';
import { MailOutbox } from './mail-outbox.js';
import { loadTemplate } from './templates.js';

/** Shows the development mailbox. Every answer waits for letters under way: what was caused before the question is in the answer. */
@Injectable()
export class DevelopmentMailboxPages {
  private readonly listTemplate = loadTemplate('mailbox', 'html');
  private readonly letterTemplate = loadTemplate('mailbox-letter', 'html');

  constructor(
    private readonly mailbox: DevelopmentMailbox,
    private readonly outbox: MailOutbox,
  ) {}

  async list(): Promise<string> {
    await this.outbox.drain();
    const letters = this.mailbox.all().map((letter) => ({ ...letter, at: letter.at.toISOString() }));
    return this.listTemplate({ letters });
  }

  async letter(id: string): Promise<string> {
    const letter = this.there(this.mailbox.find(id));
    // The letter is shown in a frame; its links open beside it.
    const framed = letter.html.replace('<head>', '<head><base target="_blank">');
    return this.letterTemplate({ ...letter, at: letter.at.toISOString(), framed });
  }

  /** The text of the newest letter, for scripts. */
  async latestText(recipients?: string | string[]): Promise<string> {
    await this.outbox.drain();
    // A bare `+` in a query is a blank; no address has one, so it was meant as typed.
    const recipient = [recipients].flat()[0]?.trim().replaceAll(' ', '+');
    return this.there(this.mailbox.latest(recipient === undefined ? undefined : normaliseEmail(recipient))).text;
  }

  private there(letter: DeliveredLetter | undefined): DeliveredLetter {
    if (!letter) throw new AppError(MAIL_ERRORS.LETTER_NOT_FOUND);
    return letter;
  }
}
