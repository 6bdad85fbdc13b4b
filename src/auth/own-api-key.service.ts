import { Injectable } from '@nestjs/common';
import { ApiKeysService } from '../credentials/api-keys.service.js';
import { Caller } from '../credentials/caller.js';
import { ApiKeyAnswer } from '../credentials/credentials.dto.js';
import { Database } from '../database/database.js';
import { Client } from '../http/client.js';
import { Answer, success } from '../openapi/answers.js';
import { AccountEvents } from './account-events.js';

/** What users do with their API key. */
@Injectable()
export class OwnApiKeyService {
  constructor(
    private readonly database: Database,
    private readonly apiKeys: ApiKeysService,
    private readonly events: AccountEvents,
  ) {}

  /** Generates a key. The previous one keeps working for API_KEY_OVERLAP_SECONDS. */
  async generateApiKey({ userId }: Caller, client: Client): Promise<ApiKeyAnswer> {
    const apiKey = this.apiKeys.generate();
    await this.database.write(async (tx) => {
      const { user, ...key } = await this.apiKeys.replace(tx, userId, apiKey);
      await this.events.apiKeyCreated(tx, user, key, client);
    });
    return success('Your API key is generated and updated. Keep it safe: it is shown only once.', { apiKey });
  }

  async deleteApiKey({ userId }: Caller, client: Client): Promise<Answer> {
    await this.database.write((tx) => this.events.apiKeyDeleted(tx, userId, client));
    return success('You have no API key any more.');
  }
}
