import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MINUTE_MS } from '../common/clock.js';
import { CommonModule } from '../common/common.module.js';
import { ConfigModule } from '../config/config.module.js';
import { loadEnv, readDotEnv } from '../config/load-env.js';
import { SigningKeysModule } from '../credentials/signing-keys.module.js';
import { PUBLISH_LEAD_MS, SigningKeysService } from '../credentials/signing-keys.service.js';
import { DatabaseModule } from '../database/database.module.js';
import { SCHEMA } from '../schema.js';

/** `npm run keys:rotate`: publishes the next signing key of the access tokens. Running instances find it by themselves. */
readDotEnv();

@Module({ imports: [ConfigModule.forRoot(loadEnv()), CommonModule, DatabaseModule.forRoot(SCHEMA), SigningKeysModule] })
class RotateKeysModule {}

const context = await NestFactory.createApplicationContext(RotateKeysModule, { logger: ['error', 'warn'] });
await context.get(SigningKeysService).rotate();
await context.close();
process.stdout.write(`The next key is published and signs in ${PUBLISH_LEAD_MS / MINUTE_MS} minutes.\n`);
