import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { ApiKeysService } from '../credentials/api-keys.service.js';
import { SessionsService } from '../credentials/sessions.service.js';
import { Transaction } from '../database/transaction.js';
import { MailService } from '../mail/mail.service.js';
import { KnownNetworks } from '../throttling/known-networks.js';
import { User } from '../users/user.entity.js';
import { AddressLimitsService } from './address-limits.service.js';
import { ResetToken } from './reset-token.entity.js';
import { SignupAttempts } from './signup-attempts.service.js';

/** Deletes accounts. */
@Injectable()
export class AccountDeletion {
  constructor(
    private readonly sessions: SessionsService,
    private readonly apiKeys: ApiKeysService,
    private readonly limits: AddressLimitsService,
    private readonly attempts: SignupAttempts,
    private readonly networks: KnownNetworks,
    private readonly mail: MailService,
    private readonly audit: AuditService,
  ) {}

  /** Deletes the user with all that is theirs; false when the password was changed in the meantime. */
  async deleteAll(transaction: Transaction, user: User): Promise<boolean> {
    const { manager } = transaction;
    await this.limits.lock(transaction, user.email);
    const still = await transaction.lock(User, { id: user.id, passwordHash: user.passwordHash });
    if (!still) return false;
    await this.sessions.end(transaction, { userId: user.id });
    await this.apiKeys.remove(transaction, user.id);
    await this.attempts.retire(transaction, user.email);
    await manager.delete(ResetToken, { email: user.email });
    await this.networks.forget(transaction, user.email);
    await this.mail.forget(transaction, user.email);
    await this.audit.forget(transaction, user.email);
    await manager.delete(User, user.id);
    return true;
  }
}
