import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { Clock, HOUR_MS } from '../common/clock.js';
import { isUniqueViolation } from '../database/database-errors.js';
import { Database } from '../database/database.js';
import { Transaction } from '../database/transaction.js';
import { Secrets } from '../secrets/secrets.js';
import { WebhookSecret } from './webhook-secret.entity.js';

/** As Standard Webhooks spells secrets: this, and 24 to 64 bytes in base64. */
export const SECRET_PREFIX = 'whsec_';
const SECRET_BYTES = 32;
/** For so long the secret before the current one signs too, so that receivers can change theirs without losing anything. */
const OVERLAP_MS = 24 * HOUR_MS;

/** What the webhooks of each project are signed with. Only its owner, and whoever receives them, knows it; it is sealed at rest. */
@Injectable()
export class WebhookSecrets {
  constructor(
    private readonly database: Database,
    private readonly secrets: Secrets,
    private readonly clock: Clock,
  ) {}

  /** Returns the secret of a locked project, and makes one where there is none. */
  async ensure({ manager }: Transaction, projectId: string): Promise<string> {
    const row = await manager.findOneBy(WebhookSecret, { id: projectId });
    return row ? this.secrets.decrypt(row.current, projectId) : this.insert(manager, projectId);
  }

  /** Makes a new secret for a locked project, and returns it. */
  async rotate({ manager }: Transaction, projectId: string): Promise<string> {
    const row = await manager.findOneBy(WebhookSecret, { id: projectId });
    if (!row) return this.insert(manager, projectId);
    const secret = this.generate();
    const current = this.secrets.encrypt(secret, projectId);
    await manager.update(WebhookSecret, projectId, {
      current,
      previous: row.current,
      previousUntil: this.clock.in(OVERLAP_MS),
    });
    return secret;
  }

  async remove({ manager }: Transaction, projectId: string): Promise<void> {
    await manager.delete(WebhookSecret, { id: projectId });
  }

  /** The secrets that sign now, the current one first. A project whose URL was set before there were secrets gets one. */
  async signing(projectId: string): Promise<string[]> {
    const { manager } = this.database.reader;
    const row = (await manager.findOneBy(WebhookSecret, { id: projectId })) ?? (await this.make(projectId));
    const { current, previous, previousUntil } = row;
    const isBoth = previous !== null && previousUntil !== null && previousUntil > this.clock.now();
    return (isBoth ? [current, previous] : [current]).map((sealed) => this.secrets.decrypt(sealed, projectId));
  }

  private async make(projectId: string): Promise<WebhookSecret> {
    try {
      await this.database.write(({ manager }) => this.insert(manager, projectId));
    } catch (error) {
      // Another instance has just made one.
      if (!isUniqueViolation(error)) throw error;
    }
    return this.database.reader.manager.findOneByOrFail(WebhookSecret, { id: projectId });
  }

  private async insert(manager: EntityManager, projectId: string): Promise<string> {
    const secret = this.generate();
    const current = this.secrets.encrypt(secret, projectId);
    await manager.insert(WebhookSecret, { id: projectId, current, previous: null, previousUntil: null });
    return secret;
  }

  private generate(): string {
    return `${SECRET_PREFIX}${randomBytes(SECRET_BYTES).toString('base64')}`;
  }
}
