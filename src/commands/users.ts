import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { isEmail } from 'class-validator';
import {
  ADMINISTRATION_EVENTS,
  AdministrationAction,
  AdministrationService,
  Report,
} from '../auth/administration.service.js';
import { AuthModule } from '../auth/auth.module.js';
import { FlowsSettings } from '../auth/flows.settings.js';
import { CommonModule } from '../common/common.module.js';
import { OperatorError } from '../common/operator-error.js';
import { ConfigModule } from '../config/config.module.js';
import { Settings } from '../config/settings.js';
import { DatabaseModule } from '../database/database.module.js';
import { normaliseEmail } from '../http/email-address.js';
import { KeptDataModule } from '../kept-data/kept-data.module.js';
import { KEPT_LETTERS } from '../mail/mail.kept.js';
import { MailService } from '../mail/mail.service.js';
import { MailOutbox } from '../mail/mail-outbox.js';
import { SCHEMA } from '../schema.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { ThrottlingModule } from '../throttling/throttling.module.js';
import { runCommand, secretSettings } from './command.js';

const ACTIONS = Object.keys(ADMINISTRATION_EVENTS);
const USAGE = `Usage: npm run users -- ${ACTIONS.join('|')} --email ADDRESS [--json]`;

/** Messages are queued here; running instances send them. */
@Global()
@Module({
  providers: [KEPT_LETTERS, MailService, { provide: MailOutbox, useValue: { wake: () => undefined } }],
  exports: [MailService, MailOutbox],
})
class MailQueueModule {}

function usersModule(settings: Settings) {
  @Module({
    imports: [
      ConfigModule.forRoot(settings),
      CommonModule,
      DatabaseModule.forRoot(SCHEMA, { migrates: false }),
      KeptDataModule,
      SecretsModule.forRoot({ adopts: false }),
      ThrottlingModule,
      MailQueueModule,
      AuthModule,
    ],
  })
  class UsersCommandModule {}
  return UsersCommandModule;
}

interface Question {
  action: AdministrationAction;
  email: string;
  isJson: boolean;
}

function parse() {
  try {
    const options = { email: { type: 'string' }, json: { type: 'boolean' } } as const;
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    throw new OperatorError(`${(error as Error).message}\n${USAGE}`);
  }
}

function readQuestion(): Question {
  const { values, positionals } = parse();
  const email = normaliseEmail(values.email ?? '');
  const [action, ...rest] = positionals;
  if (!ACTIONS.includes(action) || rest.length > 0) {
    throw new OperatorError(`Name one action: ${ACTIONS.join(', ')}.\n${USAGE}`);
  }
  if (!isEmail(email)) throw new OperatorError(`--email takes an address.\n${USAGE}`);
  return { action: action as AdministrationAction, email, isJson: values.json ?? false };
}

/** One detail per line; for lists one line per entry. */
function inLines(report: Report): string {
  const lines = Object.entries(report).flatMap(([name, value]) => {
    if (Array.isArray(value)) return value.map((entry) => `${name}: ${JSON.stringify(entry)}`);
    return name === 'message' ? [] : [`${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`];
  });
  return [report.message, ...lines].join('\n');
}

/** `npm run users`: actions of an administrator on one account. */
async function users(): Promise<void> {
  const { action, email, isJson } = readQuestion();
  const settings = secretSettings(FlowsSettings);
  const context = await NestFactory.createApplicationContext(usersModule(settings), {
    logger: false,
    abortOnError: false,
  });
  try {
    const report = await context.get(AdministrationService, { strict: false }).act(action, email);
    process.stdout.write(`${isJson ? JSON.stringify(report) : inLines(report)}\n`);
  } finally {
    await context.close();
  }
}

await runCommand(users);
