import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
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
import { AccountEvents } from './account-events.js';
import { CurrentSessionAnswer, DeleteAccountDto, MeAnswer, SessionsAnswer } from './auth.dto.js';
import { AUTH_ERRORS } from './auth.errors.js';
import { OwnPassword } from './own-password.js';

/** Shows users their own account and sessions; ends sessions; deletes the account. */
@Injectable()
export class AccountService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly ownPassword: OwnPassword,
    private readonly deletion: AccountDeletion,
    private readonly events: AccountEvents,
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
    const id = isUUID(sessionId) ? sessionId.toLowerCase() : '';
    const isEnded = await this.database.write((tx) => this.events.sessionEnded(tx, caller.userId, id, client));
    if (!isEnded) throw new AppError(CREDENTIALS_ERRORS.SESSION_NOT_FOUND);
    return success('The session is ended.');
  }

  async deleteAccount({ password }: DeleteAccountDto, caller: Caller, client: Client): Promise<Answer> {
    const user = await this.users.findById(caller.userId);
    if (!user) throw new AppError(CREDENTIALS_ERRORS.TOKEN_INVALID);
    await this.ownPassword.check(user, password, client);
    const isDeleted = await this.database.write(async (tx) => {
      const isGone = await this.deletion.deleteAll(tx, user);
      if (isGone) await this.events.accountDeleted(tx, user, client);
      return isGone;
    });
    if (!isDeleted) throw new AppError(AUTH_ERRORS.INVALID_PASSWORD);
    return success('Your account and all its data are deleted.');
  }
}
