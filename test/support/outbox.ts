import { Database } from '../../src/database/database.js';
import { Letter } from '../../src/mail/letter.entity.js';
import { MailService, QueuedLetter } from '../../src/mail/mail.service.js';
import { MailOutbox } from '../../src/mail/mail-outbox.js';
import { TestApp } from './start-app.js';

/** Leaves it to the test when queued letters are looked for, beside the moment when one is queued. */
export const UNHURRIED = { MAIL_POLL_MS: '60000' };

/** A letter to Ada, with what the test says differently. */
export function letterTo(service: TestApp, recipient: string, letter: Partial<QueuedLetter> = {}): QueuedLetter {
  return {
    kind: 'verification-code',
    recipient,
    name: 'Ada Lovelace',
    secret: '123456',
    usefulUntil: service.clock.in(15 * 60_000),
    ...letter,
  };
}

/** Queues a letter, in a unit of work of its own. */
export function queue(service: TestApp, recipient: string, letter?: Partial<QueuedLetter>): Promise<void> {
  const queued = letterTo(service, recipient, letter);
  return service.app.get(Database).write((transaction) => service.app.get(MailService).queue(transaction, queued));
}

/** Waits until these instances have tried every letter that is due. */
export async function drain(...services: TestApp[]): Promise<void> {
  await Promise.all(services.map(({ app }) => app.get(MailOutbox).drain()));
}

/** The rows of the letters to an address, oldest first. */
export function letterRows({ app }: TestApp, recipient: string): Promise<Letter[]> {
  return app.get(Database).reader.manager.find(Letter, { where: { recipient }, order: { id: 'ASC' } });
}

/** The row of the only letter to an address. */
export async function letterRow(service: TestApp, recipient: string): Promise<Letter> {
  const [row, ...others] = await letterRows(service, recipient);
  if (row === undefined || others.length > 0) throw new Error(`Not one letter to ${recipient}: ${others.length + 1}`);
  return row;
}

/** Lets the mail server be there and take everything again, and removes the letters of the test before. */
export async function forgetLetters({ app, mailbox }: TestApp): Promise<void> {
  mailbox.refuseSender = mailbox.refuseRecipient = mailbox.refuseLetter = () => null;
  mailbox.beforeAcknowledging = () => undefined;
  await mailbox.open();
  await app.get(MailOutbox).drain();
  await app.get(Database).write(({ manager }) => manager.createQueryBuilder().delete().from(Letter).execute());
}
