import { DynamicModule, Module } from '@nestjs/common';
import { DatabaseSettings } from '../database/database.settings.js';
import { Database } from '../database/database.js';
import { adoptSecret, checkSecret } from './secret-check.js';
import { Secrets } from './secrets.js';
import { SecretsSettings } from './secrets.settings.js';

/** Provides Secrets, after a check that the database belongs to the secret. */
@Module({})
export class SecretsModule {
  /** `adopts`: a change of the secret is carried out; a command beside running instances leaves that to them. */
  static forRoot({ adopts }: { adopts: boolean } = { adopts: true }): DynamicModule {
    const secrets = {
      provide: Secrets,
      inject: [SecretsSettings, DatabaseSettings, Database],
      useFactory: async (settings: SecretsSettings, databaseSettings: DatabaseSettings, database: Database) => {
        const made = new Secrets(settings, databaseSettings);
        await (adopts ? adoptSecret : checkSecret)(database, made);
        return made;
      },
    };
    return { module: SecretsModule, global: true, providers: [secrets], exports: [Secrets] };
  }
}
