import { EventEmitter } from 'node:events';
import type { SentMessageInfo, Transport } from 'nodemailer';
import type MailMessage from 'nodemailer/lib/mailer/mail-message.js';
import { v7 as uuid } from 'uuid';

/** A letter as it arrived. */
export interface DeliveredLetter {
  id: string;
  at: Date;
  recipient: string;
  subject: string;
  /** As they would have gone over the wire. */
  headers: string;
  html: string;
  text: string;
}

const CAPACITY = 200;

/** Stands in for a mail server while developing: keeps the newest letters in memory. A nodemailer transport, so all before it is the same. */
export class DevelopmentMailbox implements Transport {
  readonly name = 'development-mailbox';
  readonly version = '1';
  private letters: DeliveredLetter[] = [];
  private readonly arrivals = new EventEmitter().setMaxListeners(0);
  private isClosing = false;

  /** Called by nodemailer. */
  send(mail: MailMessage, callback: (error: Error | null, info: SentMessageInfo) => void): void {
    const { html, text, subject, date } = mail.data;
    const letter = {
      id: uuid(),
      at: new Date(date ?? 0),
      recipient: mail.message.getEnvelope().to[0],
      subject: String(subject),
      headers: mail.message.buildHeaders(),
      html: html as string,
      text: text as string,
    };
    this.letters = [letter, ...this.letters].slice(0, CAPACITY);
    this.arrivals.emit('change');
    callback(null, { messageId: mail.message.messageId() });
  }

  /** All letters, newest first. */
  all(): readonly DeliveredLetter[] {
    return this.letters;
  }

  /** The id of the newest letter; empty when there is none. */
  get newestId(): string {
    return this.letters[0]?.id ?? '';
  }

  /** Resolves when a letter arrives, when this many milliseconds are over, or when nobody shall wait any more. */
  waitForChange(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const settle = () => {
        clearTimeout(timer);
        this.arrivals.off('change', settle);
        resolve();
      };
      const timer = setTimeout(settle, this.isClosing ? 0 : timeoutMs);
      this.arrivals.on('change', settle);
    });
  }

  /** Lets nobody wait any more: the service stops. */
  endWaiting(): void {
    this.isClosing = true;
    this.arrivals.emit('change');
  }

  find(id: string): DeliveredLetter | undefined {
    return this.letters.find((letter) => letter.id === id);
  }

  /** The newest letter, or the newest to one address. */
  latest(recipient?: string): DeliveredLetter | undefined {
    return this.letters.find((letter) => recipient === undefined || letter.recipient === recipient);
  }
}
