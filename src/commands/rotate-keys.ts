import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MINUTE_MS } from '../common/clock.js';
import { CommonModule } from '../common/common.module.js';
import { ConfigModule } from '../config/config.module.js';
import { Settings } from '../config/settings.js';
import { CredentialsSettings } from '../credentials/credentials.settings.js';
import { SigningKeysModule } from '../credentials/signing-keys.module.js';
import { PUBLISH_LEAD_MS, SigningKeysService } from '../credentials/signing-keys.service.js';
import { DatabaseModule } from '../database/database.module.js';
import { SCHEMA } from '../schema.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { runCommand, secretSettings } from './command.js';

function rotateKeysModule(settings: Settings) {
  @Module({
    imports: [
      ConfigModule.forRoot(settings),
      CommonModule,
      DatabaseModule.forRoot(SCHEMA, { migrates: false }),
      SecretsModule.forRoot({ adopts: false }),
      SigningKeysModule,
    ],
  })
  class RotateKeysModule {}
  return RotateKeysModule;
}

/** `npm run keys:rotate`: publishes the next signing key of access tokens. Running instances find it by themselves. */
async function rotateKeys(): Promise<void> {
  const settings = secretSettings(CredentialsSettings);
  const module = rotateKeysModule(settings);
  const context = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  try {
    await context.get(SigningKeysService).rotate();
  } finally {
    await context.close();
  }
  process.stdout.write(`The next key is published and signs in ${PUBLISH_LEAD_MS / MINUTE_MS} minutes.\n`);
}

await runCommand(rotateKeys);
