import { EventEmitter } from 'node:events';
import type { SentMessageInfo, Transport } from 'nodemailer';
import type MailMessage from 'nodemailer/lib/mailer/mail-message.js';
import { v7 as uuid } from 'uuid';

/** A received message. */
export interface DeliveredLetter {
  id: string;
  at: Date;
  recipient: string;
  subject: string;
  /** As sent over the wire. */
  headers: string;
  html: string;
  text: string;
}

const CAPACITY = 200;

/** Replaces the mail server in development: a nodemailer transport that keeps the newest messages in memory. */
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

  /** All messages, newest first. */
  all(): readonly DeliveredLetter[] {
    return this.letters;
  }

  /** The id of the newest message; empty when there is none. */
  get newestId(): string {
    return this.letters[0]?.id ?? '';
  }

  /** Resolves when a message arrives, after so many milliseconds, or when the service stops. */
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

  /** Ends all waiting, because the service stops. */
  endWaiting(): void {
    this.isClosing = true;
    this.arrivals.emit('change');
  }

  find(id: string): DeliveredLetter | undefined {
    return this.letters.find((letter) => letter.id === id);
  }

  /** The newest message, or the newest to one address. */
  latest(recipient?: string): DeliveredLetter | undefined {
    return this.letters.find((letter) => recipient === undefined || letter.recipient === recipient);
  }
}
