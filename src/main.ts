import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { httpAdapter, setUpApp } from './app.setup.js';
import { createLogger, NestLogger } from './common/logger.js';
import { Env, InvalidSettingsError, loadEnv, readDotEnv } from './config/env.js';

/** Tells a newcomer where to go on. */
function greeting(env: Env, address: string): string {
  const lines = [`Talkstack server listens on ${address}`];
  if (env.API_DOCS === 'on') lines.push(`  Swagger UI            ${address}/docs`);
  if (env.hasDevelopmentMailbox) lines.push(`  Development mailbox   ${address}/dev/mail`);
  return `${lines.join('\n')}\n`;
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
  await app.listen(env.PORT, env.host);
  const { port } = app.getHttpServer().address() as { port: number };
  const host = ['127.0.0.1', '0.0.0.0'].includes(env.host) ? 'localhost' : env.host;
  if (env.inProduction) logger.info({ port, host: env.host }, 'listening');
  else process.stdout.write(greeting(env, `http://${host}:${port}`));
}

start().catch((error: unknown) => {
  const text = error instanceof InvalidSettingsError ? error.message : String((error as Error)?.stack ?? error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
});
