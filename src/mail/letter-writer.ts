import type { ISendMailOptions } from '@nestjs-modules/mailer';
import { Injectable } from '@nestjs/common';
import { Clock, MINUTE_MS } from '../common/clock.js';
import { Secrets } from '../secrets/secrets.js';
import { ProductSettings } from '../config/product.settings.js';
import { AddressSettings } from '../http/address.settings.js';
import { MailSettings } from './mail.settings.js';
import { parseMailbox } from './mailbox.js';
import { Letter } from './letter.entity.js';
import { greeting, inWords, isLetterKind, LetterKind, LETTERS, momentInWords } from './letters.js';
import { loadTemplate, Template } from './templates.js';

/** Values for the templates, before they are put into words. */
interface Content {
  kind: LetterKind;
  name: string;
  secret: string;
  params: Record<string, string | number>;
  writtenAt: Date;
  remainingMs: number;
}

/** A rendered message. */
export interface Wording {
  subject: string;
  html: string;
  text: string;
}

/** Renders rows of the outbox as e-mail. Renders every template once at the start, so that a broken one fails the boot, not a message. */
@Injectable()
export class LetterWriter {
  private readonly templates = new Map<LetterKind, { html: Template; text: Template }>();
  private readonly sender: { name: string; address: string };

  constructor(
    settings: MailSettings,
    private readonly product: ProductSettings,
    private readonly addresses: AddressSettings,
    private readonly secrets: Secrets,
    private readonly clock: Clock,
  ) {
    const sender = parseMailbox(settings.MAIL_FROM);
    if (!sender) throw new Error('MAIL_FROM is not an address');
    this.sender = sender;
    for (const kind of Object.keys(LETTERS) as LetterKind[]) this.prepare(kind);
  }

  /** Renders a row. Throws for an unknown kind, or a secret that was encrypted under another APP_SECRET. */
  write(letter: Letter): ISendMailOptions {
    const { subject, html, text } = this.word(this.contentOf(letter));
    return {
      from: this.sender,
      // An object, because nodemailer parses a string as a list of addresses (RFC 5322, section 3.4).
      to: { name: '', address: letter.recipient || this.secretOf(letter) },
      subject,
      html,
      text,
      date: letter.createdAt,
      // The same in every try, so that mail apps drop a second copy.
      messageId: `<${letter.id}@${this.sender.address.split('@').at(-1)}>`,
      // RFC 3834, section 5: no out-of-office replies.
      headers: { 'Auto-Submitted': 'auto-generated' },
    };
  }

  /** The decrypted secret of the row; empty when it has none. */
  secretOf(letter: Letter): string {
    return letter.secret === null ? '' : this.secrets.decrypt(letter.secret, letter.id);
  }

  private contentOf(letter: Letter): Content {
    if (!isLetterKind(letter.kind)) throw new Error(`there is no letter of the kind ${letter.kind}`);
    if (LETTERS[letter.kind].secret !== null && letter.secret === null) throw new Error('its secret is missing');
    const { name, ...params } = JSON.parse(letter.params) as { name: string } & Record<string, string | number>;
    const remainingMs = letter.usefulUntil.getTime() - this.clock.now().getTime();
    const secret = this.secretOf(letter);
    return { kind: letter.kind, name, secret, params, writtenAt: letter.createdAt, remainingMs };
  }

  private word({ kind, name, secret, params, writtenAt, remainingMs }: Content): Wording {
    const templates = this.templates.get(kind);
    if (!templates) throw new Error(`the letter ${kind} has no templates`);
    const type = LETTERS[kind];
    const subject = type.subject(this.product.PRODUCT_NAME, secret);
    const values = {
      ...type.params,
      ...params,
      subject,
      greeting: greeting(name),
      ...(type.secret === 'code' && { code: secret }),
      ...(type.secret === 'link' && { link: this.resetLink(secret) }),
      lifetime: inWords(remainingMs),
      moment: momentInWords(writtenAt),
      serviceUrl: this.addresses.publicUrl,
      product: this.product.PRODUCT_NAME,
      signInUrl: this.product.SIGN_IN_URL ?? '',
    };
    return { subject, html: templates.html(values), text: templates.text(values) };
  }

  /** The token is in the fragment, so it reaches no server log, and a scanner that opens the link does not consume it. */
  private resetLink(token: string): string {
    const { RESET_PASSWORD_URL, publicUrl } = this.addresses;
    return `${RESET_PASSWORD_URL ?? `${publicUrl}/reset-password`}#token=${encodeURIComponent(token)}`;
  }

  private prepare(kind: LetterKind): void {
    const sample = { name: 'Ada', secret: '123456', params: {}, writtenAt: this.clock.now(), remainingMs: MINUTE_MS };
    try {
      this.templates.set(kind, { html: loadTemplate(kind, 'html'), text: loadTemplate(kind, 'text') });
      this.word({ kind, ...sample });
    } catch (error) {
      throw new Error(`The service cannot start, the letter ${kind} cannot be written: ${String(error)}`, {
        cause: error,
      });
    }
  }
}
