import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { Clock, DAY_MS } from '../common/clock.js';
import { ApiKeysService } from '../credentials/api-keys.service.js';
import { SessionsService } from '../credentials/sessions.service.js';
import { Transaction } from '../database/transaction.js';
import { MailService } from '../mail/mail.service.js';
import { KnownNetworks } from '../throttling/known-networks.js';
import { User } from '../users/user.entity.js';
import { AddressLimitsService } from './address-limits.service.js';
import { ResetToken } from './reset-token.entity.js';
import { SignupAttempts } from './signup-attempts.service.js';

const NOTICE_USEFUL_MS = 3 * DAY_MS;

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
    private readonly clock: Clock,
  ) {}

  /** Deletes the user with all that is theirs, and tells them by e-mail; false when the password was changed in the meantime. */
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
    await this.tell(transaction, user.email);
    return true;
  }

  /** The message belongs to nobody: its recipient is sealed, and wiped when it is sent or given up. */
  private tell(transaction: Transaction, email: string): Promise<void> {
    const usefulUntil = this.clock.in(NOTICE_USEFUL_MS);
    return this.mail.queue(transaction, {
      kind: 'account-deleted',
      recipient: '',
      name: '',
      secret: email,
      usefulUntil,
    });
  }
}
