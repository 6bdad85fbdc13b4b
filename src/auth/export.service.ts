import { Injectable, OnModuleInit } from '@nestjs/common';
import { AUDIT_EVENT } from '../audit/audit-events.js';
import { AuditService } from '../audit/audit.service.js';
import { AppError } from '../common/app-error.js';
import { ApiKey } from '../credentials/api-key.entity.js';
import { Caller } from '../credentials/caller.js';
import { CREDENTIALS_ERRORS } from '../credentials/credentials.errors.js';
import { Session } from '../credentials/session.entity.js';
import { Database } from '../database/database.js';
import { Transaction } from '../database/transaction.js';
import { Client } from '../http/client.js';
import { MailService } from '../mail/mail.service.js';
import { success } from '../openapi/answers.js';
import { rowsOf, UserDataSources } from '../users/user-data.js';
import { User } from '../users/user.entity.js';
import * as dto from './export.dto.js';
import { ResetToken } from './reset-token.entity.js';
import { SignupAttempt } from './signup-attempt.entity.js';

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
    this.sources.register(dto.ExportedSession, rowsOf(Session));
    this.sources.register(dto.ExportedApiKey, rowsOf(ApiKey));
    this.sources.register(dto.ExportedEvent, (manager, user, most) => this.audit.eventsOf(manager, user, most));
    this.sources.register(dto.ExportedLetter, (manager, { email }, most) => this.mail.lettersTo(manager, email, most));
    this.sources.register(dto.ExportedResetLink, (manager, { email }) => manager.findBy(ResetToken, { email }));
    this.sources.register(dto.ExportedSignup, (manager, { email }, take) =>
      manager.find(SignupAttempt, { where: { email }, order: { id: 'DESC' }, take }),
    );
  }

  /** All of it as it is at one moment. The log tells of it, for it is what the thief of a token would ask for. */
  exportData(caller: Caller, client: Client): Promise<dto.ExportAnswer> {
    return this.database.writeOnSnapshot((tx) => this.collect(tx, caller, client));
  }

  private async collect(transaction: Transaction, { userId }: Caller, client: Client): Promise<dto.ExportAnswer> {
    const user = await transaction.manager.findOneBy(User, { id: userId });
    if (!user) throw new AppError(CREDENTIALS_ERRORS.TOKEN_INVALID);
    // Without the address: the account may be deleted at this moment, and the address would stay.
    await this.audit.record(transaction, AUDIT_EVENT.DATA_EXPORTED, { userId, email: null }, client);
    return success('This is all that is kept about you.', {
      data: await this.sources.collect(transaction.manager, user),
    });
  }
}
