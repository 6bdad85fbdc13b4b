import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import { normaliseEmail } from '../http/email-address.js';
import { DevelopmentFrame } from '../pages/development-frame.js';
import { relativeRoot } from '../pages/relative-root.js';
import { DeliveredLetter, DevelopmentMailbox } from './development-mailbox.js';
import { MAIL_ERRORS } from './mail.errors.js';
import { MailOutbox } from './mail-outbox.js';
import { loadTemplate } from './templates.js';

/** Path of the pages' script, from the root of the service. */
const SCRIPT = 'dev/mail/page.js';
/** Proxies give up on an answer after 30 to 60 s. */
const CHANGE_TIMEOUT_MS = 20_000;

/** Shows the development mailbox. Every answer waits for letters under way: what was caused before the question is in the answer. */
@Injectable()
export class DevelopmentMailboxPages {
  readonly script = readFileSync(fileURLToPath(new URL('./development-mailbox/page.js', import.meta.url)), 'utf8');
  private readonly listTemplate = loadTemplate('mailbox', 'html');
  private readonly letterTemplate = loadTemplate('mailbox-letter', 'html');

  constructor(
    private readonly mailbox: DevelopmentMailbox,
    private readonly outbox: MailOutbox,
    private readonly frame: DevelopmentFrame,
  ) {}

  async list(url: string): Promise<string> {
    await this.outbox.drain();
    const letters = this.mailbox.all().map((letter) => ({ ...letter, at: letter.at.toISOString() }));
    const main = this.listTemplate({ letters, newest: this.mailbox.newestId, root: relativeRoot(url) });
    return this.frame.render(url, { title: 'Development mailbox', main, script: SCRIPT });
  }

  async letter(url: string, id: string): Promise<string> {
    const letter = this.there(this.mailbox.find(id));
    // The letter is shown in a frame; its links open beside it.
    const framed = letter.html.replace('<head>', '<head><base target="_blank">');
    const newest = this.mailbox.newestId;
    const main = this.letterTemplate({ ...letter, at: letter.at.toISOString(), framed, newest });
    return this.frame.render(url, { title: letter.subject, main, script: SCRIPT });
  }

  /** Resolves to the newest letter's id: at once if that is not `known`, else when a letter arrives or after some time. */
  async newest(known: string): Promise<string> {
    if (this.mailbox.newestId === known) await this.mailbox.waitForChange(CHANGE_TIMEOUT_MS);
    return this.mailbox.newestId;
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
