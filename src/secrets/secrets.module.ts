import { Global, Module } from '@nestjs/common';
import { Secrets } from './secrets.js';

/** The keys that derive from the secret of the service. */
@Global()
@Module({ providers: [Secrets], exports: [Secrets] })
export class SecretsModule {}
