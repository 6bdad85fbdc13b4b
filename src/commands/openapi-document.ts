import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { NestFastifyApplication } from '@nestjs/platform-fastify';
import { API_PARTS } from '../api-parts.js';
import { AppModule } from '../app.module.js';
import { httpAdapter } from '../app.setup.js';
import { createLogger } from '../common/logger.js';
import { LogSettings } from '../common/log.settings.js';
import { readDotEnv } from '../config/dot-env.js';
import { openApiDocument } from '../openapi/document.js';
import { loadServiceSettings } from '../settings.js';

/** `npm run openapi`: prints the OpenAPI document, without opening a database or a port. */
readDotEnv();
const settings = loadServiceSettings();
const app = await NestFactory.create<NestFastifyApplication>(
  AppModule.forRoot(settings),
  httpAdapter(settings, createLogger(settings.get(LogSettings))),
  { logger: false, abortOnError: false, preview: true },
);
// The reader may stop early: `npm run openapi | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
process.stdout.write(`${JSON.stringify(openApiDocument(app, settings, API_PARTS), null, 2)}\n`);
