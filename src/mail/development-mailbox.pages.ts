import type { EventEmitter } from 'node:events';
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

/** Path of the script, from the root of the service. */
const SCRIPT = 'dev/mail/page.js';
/** Proxies give up on a response after 30 to 60 s. */
const CHANGE_TIMEOUT_MS = 20_000;

/** Pages of the development mailbox. Each first waits for messages that are being sent, so it shows all that earlier requests caused. */
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
    const letter = this.orNotFound(this.mailbox.find(id));
    // The message is shown in a frame; its links open in another tab.
    const framed = letter.html.replace('<head>', '<head><base target="_blank">');
    const newest = this.mailbox.newestId;
    const main = this.letterTemplate({ ...letter, at: letter.at.toISOString(), framed, newest });
    return this.frame.render(url, { title: letter.subject, main, script: SCRIPT });
  }

  /** Resolves to the newest message's id: at once if it is not `known`, else when a message arrives or after CHANGE_TIMEOUT_MS. */
  async newest(known: string, ip: string, connection: EventEmitter): Promise<string> {
    if (this.mailbox.newestId === known) await this.mailbox.waitForChange(CHANGE_TIMEOUT_MS, ip, connection);
    return this.mailbox.newestId;
  }

  /** The text of the newest message, for scripts. */
  async latestText(recipients?: string | string[]): Promise<string> {
    await this.outbox.drain();
    // A `+` in a query decodes to a blank, which no address has: it was meant as `+`.
    const recipient = [recipients].flat()[0]?.trim().replaceAll(' ', '+');
    return this.orNotFound(this.mailbox.latest(recipient === undefined ? undefined : normaliseEmail(recipient))).text;
  }

  private orNotFound(letter: DeliveredLetter | undefined): DeliveredLetter {
    if (!letter) throw new AppError(MAIL_ERRORS.LETTER_NOT_FOUND);
    return letter;
  }
}
