import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { httpAdapter, setUpApp } from './app.setup.js';
import { createLogger, NestLogger } from './common/logger.js';
import { OperatorError } from './common/operator-error.js';
import { Env } from './config/env.js';
import { InvalidSettingsError, loadEnv, readDotEnv, strangeSettings } from './config/load-env.js';
import { keepSqliteFile } from './database/sqlite-lock.js';

/** Tells a newcomer where to go on. */
function greeting(env: Env, address: string): string {
  const lines = [`Talkstack server listens on ${address}`];
  if (env.API_DOCS === 'on') lines.push(`  Swagger UI            ${address}/docs`);
  if (env.hasDevelopmentMailbox) lines.push(`  Development mailbox   ${address}/dev/mail`);
  return `${lines.join('\n')}\n`;
}

/** The host as people type it into a browser. */
function nameOf(host: string): string {
  if (['127.0.0.1', '0.0.0.0', '::1', '::'].includes(host)) return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

async function start(): Promise<void> {
  readDotEnv();
  const env = loadEnv();
  if (env.sqliteFile !== undefined && env.SQLITE_SHARED === 'off') await keepSqliteFile(env.sqliteFile);
  const logger = createLogger(env);
  const strange = strangeSettings();
  if (strange.length > 0)
    logger.warn({ context: 'Settings' }, `No settings of the service, and ignored: ${strange.join(', ')}`);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(env), httpAdapter(env, logger), {
    bodyParser: false,
    // Its errors come to the end of this file, which tells foreseen ones in a line.
    abortOnError: false,
    logger: new NestLogger(logger),
  });
  await setUpApp(app, env, logger);
  app.enableShutdownHooks(['SIGTERM', 'SIGINT', 'SIGHUP'], { useProcessExit: true });
  await app.listen(env.PORT, env.host);
  const { port } = app.getHttpServer().address() as { port: number };
  if (!env.inProduction) process.stdout.write(greeting(env, `http://${nameOf(env.host)}:${port}`));
}

start().catch((error: unknown) => {
  const isForeseen = error instanceof InvalidSettingsError || error instanceof OperatorError;
  const text = isForeseen ? error.message : String((error as Error)?.stack ?? error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
});
