import { EventEmitter } from 'node:events';
import type { SentMessageInfo, Transport } from 'nodemailer';
import type MailMessage from 'nodemailer/lib/mailer/mail-message.js';
import { v7 as uuid } from 'uuid';
import { AppError } from '../common/app-error.js';
import { COMMON_ERRORS } from '../common/common.errors.js';
import { ipRange, ipv6Network } from '../config/addresses.js';

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
/** Waiting clients at a time; the mailbox's own page asks again after a refusal. */
const MAX_WAITING = 100;
const MAX_WAITING_OF_NETWORK = 20;
const RETRY_SECONDS = 5;

/** Replaces the mail server in development: a nodemailer transport that keeps the newest messages in memory. */
export class DevelopmentMailbox implements Transport {
  readonly name = 'development-mailbox';
  readonly version = '1';
  private letters: DeliveredLetter[] = [];
  private readonly arrivals = new EventEmitter().setMaxListeners(0);
  /** The network of each waiting client. */
  private readonly waiting: string[] = [];
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

  /**
   * Resolves when a message arrives, after so many milliseconds, when the connection is closed, or when the service stops.
   * Throws OVERLOADED when too many clients wait, in all or of this network.
   */
  async waitForChange(timeoutMs: number, ip: string, connection: EventEmitter): Promise<void> {
    const network = ipv6Network(ip, 56) ?? ipRange(ip);
    const ofNetwork = this.waiting.filter((one) => one === network).length;
    if (this.waiting.length >= MAX_WAITING || ofNetwork >= MAX_WAITING_OF_NETWORK) {
      throw new AppError(COMMON_ERRORS.OVERLOADED, { retryAfterSeconds: RETRY_SECONDS });
    }
    this.waiting.push(network);
    try {
      await this.change(this.isClosing ? 0 : timeoutMs, connection);
    } finally {
      this.waiting.splice(this.waiting.indexOf(network), 1);
    }
  }

  private change(timeoutMs: number, connection: EventEmitter): Promise<void> {
    return new Promise((resolve) => {
      const settle = () => {
        clearTimeout(timer);
        this.arrivals.off('change', settle);
        connection.off('close', settle);
        resolve();
      };
      const timer = setTimeout(settle, timeoutMs);
      this.arrivals.on('change', settle);
      connection.on('close', settle);
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
