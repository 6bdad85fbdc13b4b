import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { AUDIT_EVENT } from '../audit/audit-events.js';
import { AuditService } from '../audit/audit.service.js';
import { AppError } from '../common/app-error.js';
import { Caller } from '../credentials/caller.js';
import { CREDENTIALS_ERRORS } from '../credentials/credentials.errors.js';
import { SessionsService } from '../credentials/sessions.service.js';
import { Database } from '../database/database.js';
import { Client } from '../http/client.js';
import { Page, RowsQuery } from '../http/paging.js';
import { Answer, success } from '../openapi/answers.js';
import { UserDataAnswer } from '../users/users.dto.js';
import { UsersService } from '../users/users.service.js';
import { AccountDeletion } from './account-deletion.js';
import { CurrentSessionAnswer, DeleteAccountDto, MeAnswer, SessionsAnswer } from './auth.dto.js';
import { AUTH_ERRORS } from './auth.errors.js';
import { OwnPassword } from './own-password.js';

/** What users see and do of their own account: themselves, their sessions, the end of the account. */
@Injectable()
export class AccountService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly ownPassword: OwnPassword,
    private readonly deletion: AccountDeletion,
    private readonly audit: AuditService,
  ) {}

  async me(caller: Caller): Promise<MeAnswer> {
    const user = await this.users.findById(caller.userId);
    if (!user) throw new AppError(CREDENTIALS_ERRORS.TOKEN_INVALID);
    return success('This is you.', { user: UserDataAnswer.of(user) });
  }

  async listSessions(query: RowsQuery, caller: Caller): Promise<Page<SessionsAnswer>> {
    const page = await this.sessions.list(caller.userId, query);
    const body = success('These are your sessions.', {
      sessions: page.body.map((session) => ({
        id: session.id,
        current: session.id === caller.sessionId,
        user_agent: session.userAgent,
        network: session.network,
        created_at: session.createdAt.toISOString(),
        last_used_at: session.rotatedAt.toISOString(),
      })),
    });
    return { ...page, body };
  }

  currentSession(caller: Caller): CurrentSessionAnswer {
    return success('The session is alive.', { session_id: caller.sessionId ?? '', user_id: caller.userId });
  }

  async endSession(sessionId: string, caller: Caller, client: Client): Promise<Answer> {
    const ended = await this.database.write(async (tx) => {
      const where = { id: isUUID(sessionId) ? sessionId.toLowerCase() : '', userId: caller.userId };
      const count = await this.sessions.end(tx, where);
      const who = { userId: caller.userId, email: null };
      if (count > 0) await this.audit.record(tx, AUDIT_EVENT.SESSION_ENDED, who, client);
      return count;
    });
    if (ended === 0) throw new AppError(CREDENTIALS_ERRORS.SESSION_NOT_FOUND);
    return success('The session is ended.');
  }

  async deleteAccount({ password }: DeleteAccountDto, caller: Caller, client: Client): Promise<Answer> {
    const user = await this.users.findById(caller.userId);
    if (!user) throw new AppError(CREDENTIALS_ERRORS.TOKEN_INVALID);
    await this.ownPassword.check(user, password, client);
    const isDeleted = await this.database.write(async (tx) => {
      const isGone = await this.deletion.deleteAll(tx, user);
      const who = { userId: user.id, email: null };
      if (isGone) await this.audit.record(tx, AUDIT_EVENT.ACCOUNT_DELETED, who, client);
      return isGone;
    });
    if (!isDeleted) throw new AppError(AUTH_ERRORS.INVALID_PASSWORD);
    return success('Your account and all its data are deleted.');
  }
}
