import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { httpAdapter, setUpApp } from './app.setup.js';
import { createLogger, NestLogger } from './common/logger.js';
import { Env } from './config/env.js';
import { InvalidSettingsError, loadEnv, readDotEnv } from './config/load-env.js';

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
  const logger = createLogger(env);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(env), httpAdapter(env, logger), {
    bodyParser: false,
    logger: new NestLogger(logger),
  });
  await setUpApp(app, env, logger);
  app.enableShutdownHooks(['SIGTERM', 'SIGINT', 'SIGHUP'], { useProcessExit: true });
  await app.listen(env.PORT, env.host);
  const { port } = app.getHttpServer().address() as { port: number };
  if (!env.inProduction) process.stdout.write(greeting(env, `http://${nameOf(env.host)}:${port}`));
}

start().catch((error: unknown) => {
  const text = error instanceof InvalidSettingsError ? error.message : String((error as Error)?.stack ?? error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
});
