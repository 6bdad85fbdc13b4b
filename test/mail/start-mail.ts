import { mkdtempSync, rmSync } from 'node:fs';
import { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import PostalMime, { Email } from 'postal-mime';
import { SMTPServer, SMTPServerOptions } from 'smtp-server';
import { Clock } from '../../src/common/clock.js';
import { CommonModule } from '../../src/common/common.module.js';
import { ErrorFilter } from '../../src/common/error.filter.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { loadEnv } from '../../src/config/env.js';
import { DatabaseModule } from '../../src/database/database.module.js';
import { Database } from '../../src/database/database.js';
import { Letter } from '../../src/mail/letter.entity.js';
import { MailModule } from '../../src/mail/mail.module.js';
import { MailService, QueuedLetter } from '../../src/mail/mail.service.js';
import { OutboxService } from '../../src/mail/outbox.service.js';

/** A clock that runs on, and that tests put forward. */
export class MovableClock extends Clock {
  private ahead = 0;

  override now(): Date {
    return new Date(Date.now() + this.ahead);
  }

  forward(milliseconds: number): void {
    this.ahead += milliseconds;
  }
}

/** A mail server in this process. `refuse` names the next refusals by stage, one a letter; `hold` delays its last word. */
export class MailServer {
  readonly raw: string[] = [];
  readonly envelopes: { from: string; to: string[] }[] = [];
  refuse: { rcpt?: [number, string][]; mail?: [number, string][]; data?: [number, string][] } = {};
  hold?: Promise<void>;
  port = 0;
  private server?: SMTPServer;

  async start(options: SMTPServerOptions = {}): Promise<void> {
    const fail = (stage: 'rcpt' | 'mail' | 'data'): Error | null => {
      const next = this.refuse[stage]?.shift();
      return next ? Object.assign(new Error(next[1]), { responseCode: next[0] }) : null;
    };
    this.server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onMailFrom: (_address, _session, done) => done(fail('mail')),
      onRcptTo: (_address, _session, done) => done(fail('rcpt')),
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const refusal = fail('data');
          if (!refusal) {
            this.raw.push(Buffer.concat(chunks).toString());
            const { mailFrom, rcptTo } = session.envelope;
            this.envelopes.push({
              from: mailFrom ? mailFrom.address : '',
              to: rcptTo.map((recipient) => recipient.address),
            });
          }
          void (this.hold ?? Promise.resolve()).then(() => done(refusal));
        });
      },
      ...options,
    });
    this.server.on('error', () => undefined);
    await new Promise<void>((resolve) => this.server?.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => (this.server ? this.server.close(() => resolve()) : resolve()));
  }

  parsed(): Promise<Email[]> {
    return Promise.all(this.raw.map((raw) => PostalMime.parse(raw)));
  }
}

/** The mail module on a database of its own. */
export async function startMail(settings: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'mail-test-'));
  const env = loadEnv({
    NODE_ENV: 'test',
    DATABASE_URL: process.env.MAIL_TEST_DATABASE_URL ?? `sqlite:${join(folder, 'test.db')}`,
    APP_SECRET: 'a secret for tests, long enough to be one',
    MAIL_FROM: 'Talkstack <no-reply@talkstack.test>',
    PUBLIC_URL: 'https://api.talkstack.test',
    MAIL_POLL_MS: '50',
    ...settings,
  });
  const clock = new MovableClock();
  const open = async () => {
    const module = await Test.createTestingModule({
      imports: [ConfigModule.forRoot(env), CommonModule, DatabaseModule, MailModule.forRoot(env)],
    })
      .overrideProvider(Clock)
      .useValue(clock)
      .compile();
    const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
    app.useGlobalFilters(new ErrorFilter());
    if (process.env.MAIL_TEST_LOG === undefined) app.useLogger(false);
    await app.init();
    return app;
  };
  const app = await open();
  const database = app.get(Database);
  await database.write(({ manager }) => manager.clear(Letter));
  const mail = app.get(MailService);
  return {
    app,
    open,
    clock,
    database,
    mail,
    outbox: app.get(OutboxService),
    queue: (letter: Partial<QueuedLetter> = {}) =>
      database.write((transaction) =>
        mail.queue(transaction, {
          kind: 'verification-code',
          recipient: 'ada@example.com',
          name: 'Ada Lovelace',
          secret: '123456',
          usefulUntil: clock.in(15 * 60_000),
          ...letter,
        }),
      ),
    letters: () => database.reader.manager.find(Letter, { order: { id: 'ASC' } }),
    isFailing: () => mail.isFailing(database.reader.manager),
    close: async () => {
      await app.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits for something to become true, at most five seconds. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 5000; !(await condition());) {
    if (Date.now() > end) throw new Error('it did not happen');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
