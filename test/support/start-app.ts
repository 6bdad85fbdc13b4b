import 'reflect-metadata';
import { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { pino } from 'pino';
import { AppModule } from '../../src/app.module.js';
import { httpAdapter, setUpApp } from '../../src/app.setup.js';
import { Clock } from '../../src/common/clock.js';
import { LogSettings } from '../../src/common/log.settings.js';
import { loggerOptions } from '../../src/common/logger.js';
import { Database } from '../../src/database/database.js';
import { loadServiceSettings } from '../../src/settings.js';
import { FliteSynthesizer } from '../../src/speech/synthesis/flite-synthesizer.js';
import { Lines } from '../../src/telephony/lines.js';
import type { PhoneLine } from '../../src/telephony/phone-line.js';
import { NameResolver } from '../../src/webhooks/name-resolver.js';
import { ApiClient } from './api-client.js';
import { RememberedSpeech } from './remembered-speech.js';
import { TestClock } from './test-clock.js';
import { createMigratedDatabase, TestDatabase } from './test-database.js';
import { TestMailbox } from './test-mailbox.js';
import { TestNames } from './test-names.js';

export type Settings = Record<string, string>;

/** What instances share: a database, a mail server, a domain name system, a clock and their settings. */
interface World {
  database: TestDatabase;
  mailbox: TestMailbox;
  names: TestNames;
  clock: TestClock;
  settings: Settings;
  /** In place of the line that the settings name. */
  line?: PhoneLine;
}

/** A running service with all that a story needs around it. */
export interface TestApp extends World {
  app: NestFastifyApplication;
  api: ApiClient;
  /** Every line that the service logged. */
  logs: string[];
  /** Rows of a statement, read past the service. */
  query(sql: string): Promise<any[]>;
  /** Starts one more instance in the same world, on a clock of its own if need be; the first one's close() closes it too. */
  another(settings?: Settings, clock?: TestClock, line?: PhoneLine): Promise<TestApp>;
  close(): Promise<void>;
}

/** For tests that look at every statement: nothing looks for work on its own while they do. */
export const NO_POLLS: Settings = { MAIL_POLL_MS: '60000', CALL_POLL_MS: '60000', WEBHOOK_POLL_MS: '60000' };

/** Settings that make tests quick; everything else is as it is by default. */
export const TEST_SETTINGS: Settings = {
  NODE_ENV: 'test',
  PORT: '0',
  PUBLIC_URL: 'https://talkstack.test',
  MAIL_FROM: 'Talkstack <no-reply@talkstack.test>',
  APP_SECRET: 'a secret that only tests know, 32 characters and more',
  ARGON2_MEMORY_KIB: '8',
  ARGON2_PASSES: '1',
  HASH_QUEUE_LENGTH: '1000',
  MAIL_POLL_MS: '50',
  // Calls that a test leaves are ended at once.
  SHUTDOWN_CALLS_SECONDS: '0',
  // Every test comes from one IP and many ask at once; test/throttling sets the limits that it is about.
  MAX_CONNECTIONS_PER_IP: '100000',
  THROTTLE_IP_PER_MINUTE: '100000',
  THROTTLE_REFRESHES_PER_MINUTE: '100000',
  THROTTLE_LETTERS_PER_HOUR: '100000',
  THROTTLE_LETTERS_PER_IPV6_56: '100000',
  THROTTLE_LETTERS_PER_IPV6_48: '100000',
  THROTTLE_LETTERS_PER_DOMAIN: '100000',
  THROTTLE_LETTERS_PER_MAILBOX: '100000',
  THROTTLE_SIGNUPS_PER_HOUR: '100000',
  THROTTLE_ADDRESS_LETTERS_PER_DAY: '100000',
  THROTTLE_TRIES_PER_QUARTER_HOUR: '100000',
  THROTTLE_FREE_FAILURES: '100000',
  THROTTLE_WRITES_PER_MINUTE: '100000',
  THROTTLE_API_KEYS_PER_HOUR: '100000',
  THROTTLE_EXPORTS_PER_HOUR: '100000',
  THROTTLE_WRONG_CREDENTIALS_PER_MINUTE: '100000',
};

async function startInstance(world: World): Promise<TestApp> {
  const settings = loadServiceSettings({
    SMTP_URL: world.mailbox.url,
    ...world.settings,
    DATABASE_URL: world.database.url,
  });
  const logs: string[] = [];
  const logger = pino(
    { ...loggerOptions(settings.get(LogSettings)), level: 'trace' },
    { write: (line: string) => void logs.push(line) },
  );
  const testing = Test.createTestingModule({ imports: [AppModule.forRoot(settings)] })
    .overrideProvider(Clock)
    .useValue(world.clock)
    .overrideProvider(NameResolver)
    .useValue(world.names)
    .overrideProvider(FliteSynthesizer)
    .useClass(RememberedSpeech);
  if (world.line) testing.overrideProvider(Lines).useValue({ line: world.line });
  const module = await testing.compile();
  const app = module.createNestApplication<NestFastifyApplication>(httpAdapter(settings, logger), {
    bodyParser: false,
  });
  await setUpApp(app, settings, logger);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as { port: number };
  return {
    ...world,
    app,
    logs,
    api: new ApiClient(`http://127.0.0.1:${port}`),
    query: (sql) => app.get(Database).reader.query(sql),
    another: () => Promise.reject(new Error('Ask the first instance.')),
    close: () => app.close(),
  };
}

/** Starts the service on a database and a mail server of its own. */
export async function startApp(settings: Settings = {}, line?: PhoneLine): Promise<TestApp> {
  const mailbox = new TestMailbox();
  await mailbox.open();
  const database = await createMigratedDatabase();
  const [names, clock] = [new TestNames(), new TestClock()];
  const world = { database, mailbox, names, clock, line, settings: { ...TEST_SETTINGS, ...settings } };
  const first = await startInstance(world);
  const instances = [first];
  return {
    ...first,
    another: async (more = {}, clock = world.clock, line = world.line) => {
      const instance = await startInstance({ ...world, clock, line, settings: { ...world.settings, ...more } });
      instances.push(instance);
      return instance;
    },
    close: async () => {
      await Promise.all(instances.map((instance) => instance.close()));
      await mailbox.close();
      await database.drop();
    },
  };
}
