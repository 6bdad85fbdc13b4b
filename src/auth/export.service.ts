import { Injectable, OnModuleInit } from '@nestjs/common';
import { AUDIT_EVENT } from '../audit/audit-events.js';
import { AuditService } from '../audit/audit.service.js';
import { success } from '../common/answers.js';
import { AppError } from '../common/app-error.js';
import { Client } from '../common/client.js';
import { Database } from '../database/database.js';
import { Transaction } from '../database/transaction.js';
import { MailService } from '../mail/mail.service.js';
import { UserDataSources } from '../users/user-data.js';
import { User } from '../users/user.entity.js';
import { UserDataAnswer } from '../users/users.dto.js';
import { ApiKey } from './api-key.entity.js';
import { AUTH_ERRORS } from './auth.errors.js';
import { Caller } from './caller.js';
import * as dto from './export.dto.js';
import { ResetToken } from './reset-token.entity.js';
import { Session } from './session.entity.js';
import { SignupAttempt } from './signup-attempt.entity.js';

const NEWEST = { id: 'DESC' } as const;

/** Tells users all that is kept about them, whichever module keeps it. */
@Injectable()
export class ExportService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly sources: UserDataSources,
    private readonly mail: MailService,
    private readonly audit: AuditService,
  ) {}

  onModuleInit(): void {
    this.registerOwn();
    this.sources.register({
      name: 'securityEvents',
      find: (manager, user, most) => this.audit.eventsOf(manager, user, most),
      show: (event) => dto.ExportedEvent.of(event),
    });
    this.sources.register({
      name: 'letters',
      find: (manager, { email }, most) => this.mail.lettersTo(manager, email, most),
      show: (letter) => dto.ExportedLetter.of(letter),
    });
  }

  /** All of it as it is at one moment. The log tells of it, for it is what the thief of a token would ask for. */
  exportData(caller: Caller, client: Client): Promise<dto.ExportAnswer> {
    return this.database.writeOnSnapshot((tx) => this.collect(tx, caller, client));
  }

  private async collect(transaction: Transaction, { userId }: Caller, client: Client): Promise<dto.ExportAnswer> {
    const user = await transaction.manager.findOneBy(User, { id: userId });
    if (!user) throw new AppError(AUTH_ERRORS.TOKEN_INVALID);
    // Without the address: the account may be deleted at this moment, and the address would stay.
    await this.audit.record(transaction, AUDIT_EVENT.DATA_EXPORTED, { userId, email: null }, client);
    const kept = await this.sources.collect(transaction.manager, user);
    return success('This is all that is kept about you.', { data: { user: UserDataAnswer.of(user), ...kept } });
  }

  private registerOwn(): void {
    this.sources.register({
      name: 'sessions',
      find: (manager, { id }, take) => manager.find(Session, { where: { userId: id }, order: NEWEST, take }),
      show: (session) => dto.ExportedSession.of(session),
    });
    this.sources.register({
      name: 'apiKeys',
      find: (manager, { id }, take) => manager.find(ApiKey, { where: { userId: id }, order: NEWEST, take }),
      show: (key) => dto.ExportedApiKey.of(key),
    });
    this.sources.register({
      name: 'resetLinks',
      find: (manager, { email }) => manager.findBy(ResetToken, { email }),
      show: (token) => dto.ExportedResetLink.of(token),
    });
    this.sources.register({
      name: 'pendingSignups',
      find: (manager, { email }, take) => manager.find(SignupAttempt, { where: { email }, order: NEWEST, take }),
      show: (attempt) => dto.ExportedSignup.of(attempt),
    });
  }
}
