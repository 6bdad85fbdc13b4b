import 'reflect-metadata';
import { isatty } from 'node:tty';
import { NestFactory } from '@nestjs/core';
import { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { AppModule } from './app.module.js';
import { httpAdapter, setUpApp } from './app.setup.js';
import { PasswordHashSettings } from './auth/password-hash.settings.js';
import { hashConcurrency } from './common/cores.js';
import { LogSettings } from './common/log.settings.js';
import { createLogger, NestLogger } from './common/logger.js';
import { OperatorError } from './common/operator-error.js';
import { EnvironmentSettings } from './config/environment.settings.js';
import { readDotEnv } from './config/dot-env.js';
import { InvalidSettingsError } from './config/invalid-settings-error.js';
import { strangeSettings } from './config/load-settings.js';
import { MailServerSettings } from './config/mail-server.settings.js';
import { Settings } from './config/settings.js';
import { VERSION } from './config/version.js';
import { DatabaseSettings } from './database/database.settings.js';
import { keepSqliteFile } from './database/sqlite-lock.js';
import { AddressSettings } from './http/address.settings.js';
import { ApiDocsSettings } from './openapi/api-docs.settings.js';
import { PagesSettings } from './pages/pages.settings.js';
import { loadServiceSettings, SETTINGS } from './settings.js';
import { RedisSettings } from './throttling/redis.settings.js';

const STOP_SIGNALS = ['SIGTERM', 'SIGINT'];

/** Tells a newcomer where to go on. */
function greeting(settings: Settings, address: string): string {
  const lines = [`Talkstack server listens on ${address}`];
  if (settings.get(ApiDocsSettings).API_DOCS === 'on') lines.push(`  Swagger UI            ${address}/docs`);
  if (settings.get(MailServerSettings).hasDevelopmentMailbox) lines.push(`  Development mailbox   ${address}/dev/mail`);
  if (settings.get(PagesSettings).hasBrowserPhone) lines.push(`  Browser phone         ${address}/dev/phone`);
  return `${lines.join('\n')}\n`;
}

/** The host as people type it into a browser. */
function nameOf(host: string): string {
  if (['127.0.0.1', '0.0.0.0', '::1', '::'].includes(host)) return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

/** Says what starts, and with what beside it; names and addresses may hold secrets, so it tells kinds alone. */
function logStart(settings: Settings, logger: Logger): void {
  logger.info(
    {
      version: VERSION,
      node: process.version,
      database: new URL(settings.get(DatabaseSettings).DATABASE_URL).protocol.slice(0, -1),
      mail: settings.get(MailServerSettings).SMTP_URL === undefined ? 'development mailbox' : 'SMTP',
      redis: settings.get(RedisSettings).REDIS_URL === undefined ? 'off' : 'on',
      hashConcurrency: hashConcurrency(settings.get(PasswordHashSettings).HASH_CONCURRENCY),
    },
    'Talkstack server starts',
  );
}

/**
 * Which signals stop the service. SIGHUP does where a terminal was at its start, for then the terminal is gone; a service without one gets
 * SIGHUP from tools that want its files opened anew, of which it has none. A stream whose terminal is gone no longer says that it had one.
 */
function setUpSignals(app: NestFastifyApplication, logger: Logger): void {
  const stopping = [0, 1, 2].some((stream) => isatty(stream)) ? [...STOP_SIGNALS, 'SIGHUP'] : STOP_SIGNALS;
  // Before Nest's own listeners, which begin to stop it.
  for (const signal of stopping) process.once(signal, () => logger.info({ signal }, 'Talkstack server stops'));
  if (!stopping.includes('SIGHUP')) {
    process.on('SIGHUP', () =>
      logger.info('SIGHUP changes nothing: the service has neither a terminal nor files to open anew'),
    );
  }
  app.enableShutdownHooks(stopping, { useProcessExit: true });
  // Before the listener that writes what waits of the log.
  process.prependListener('exit', (code) => logger.info({ code }, 'Talkstack server stopped'));
}

/** Listens; throws OperatorError where the operating system does not give us the port or the address. */
async function listen(app: NestFastifyApplication, { PORT, host }: AddressSettings): Promise<number> {
  try {
    await app.listen(PORT, host);
  } catch (error) {
    const { syscall, code } = error as NodeJS.ErrnoException;
    if (syscall !== 'listen' && syscall !== 'getaddrinfo') throw error;
    const why = code === 'EADDRINUSE' ? 'another program listens there' : (error as Error).message;
    throw new OperatorError(`The service cannot listen on PORT ${PORT} of HOST ${host}: ${why}`);
  }
  return (app.getHttpServer().address() as { port: number }).port;
}

async function start(): Promise<void> {
  readDotEnv();
  const settings = loadServiceSettings();
  const { sqliteFile, SQLITE_SHARED } = settings.get(DatabaseSettings);
  if (sqliteFile !== undefined && SQLITE_SHARED === 'off') await keepSqliteFile(sqliteFile);
  const logger = createLogger(settings.get(LogSettings));
  logStart(settings, logger);
  const strange = strangeSettings(SETTINGS);
  if (strange.length > 0)
    logger.warn({ context: 'Settings' }, `No settings of the service, and ignored: ${strange.join(', ')}`);
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(settings),
    httpAdapter(settings, logger),
    {
      bodyParser: false,
      // Its errors come to the end of this file, which tells foreseen ones in a line.
      abortOnError: false,
      logger: new NestLogger(logger),
    },
  );
  await setUpApp(app, settings, logger);
  setUpSignals(app, logger);
  const addresses = settings.get(AddressSettings);
  const port = await listen(app, addresses);
  if (!settings.get(EnvironmentSettings).inProduction)
    process.stdout.write(greeting(settings, `http://${nameOf(addresses.host)}:${port}`));
}

start().catch((error: unknown) => {
  const isForeseen = error instanceof InvalidSettingsError || error instanceof OperatorError;
  const text = isForeseen ? error.message : String((error as Error)?.stack ?? error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
});
