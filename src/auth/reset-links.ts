import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock, MINUTE_MS } from '../common/clock.js';
import { sha256 } from '../common/sha256.js';
import { FlowsSettings } from './flows.settings.js';
import { Database } from '../database/database.js';
import { Transaction } from '../database/transaction.js';
import { MailService } from '../mail/mail.service.js';
import { ResetToken } from './reset-token.entity.js';

const TOKEN_BYTES = 32;

interface ResetLink {
  kind: 'password-reset' | 'choose-password';
  email: string;
  name: string;
  /** The link is for nobody: row and message are void, and only do the same work. */
  isVoid: boolean;
}

/** Sends links for choosing a password. A new link replaces the old one. */
@Injectable()
export class ResetLinks {
  constructor(
    private readonly database: Database,
    private readonly mail: MailService,
    private readonly clock: Clock,
    private readonly settings: FlowsSettings,
  ) {}

  async send(transaction: Transaction, { kind, email, name, isVoid }: ResetLink): Promise<void> {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const expiresAt = this.clock.in(this.settings.RESET_LIFETIME_MINUTES * MINUTE_MS);
    await transaction.manager.upsert(
      ResetToken,
      { email, tokenHash: sha256(token), expiresAt, createdAt: this.clock.now() },
      ['email'],
    );
    await this.mail.queue(transaction, {
      kind,
      recipient: email,
      name,
      secret: token,
      params: { minutes: this.settings.RESET_LIFETIME_MINUTES },
      usefulUntil: expiresAt,
      isVoid,
    });
  }

  /** Returns the row of a token, even if it has expired; null when it was replaced, used or never issued. */
  find(token: string): Promise<ResetToken | null> {
    return this.database.reader.manager.findOneBy(ResetToken, { tokenHash: sha256(token) });
  }

  /** Deletes the token; returns false when another unit of work already did. */
  async consume({ manager }: Transaction, { email, tokenHash }: ResetToken): Promise<boolean> {
    const { affected } = await manager.delete(ResetToken, { email, tokenHash });
    return affected === 1;
  }
}
