import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { AppError } from '../common/app-error.js';
import { AccessTokens } from '../credentials/access-tokens.js';
import { Caller } from '../credentials/caller.js';
import { CREDENTIALS_ERRORS } from '../credentials/credentials.errors.js';
import { Rotation, SessionsService } from '../credentials/sessions.service.js';
import { Database } from '../database/database.js';
import { Client } from '../http/client.js';
import { Answer, success } from '../openapi/answers.js';
import { UsersService } from '../users/users.service.js';
import { AccountEvents } from './account-events.js';
import { RefreshTokenAnswer, RefreshTokenDto } from './auth.dto.js';
import { AUTH_ERRORS } from './auth.errors.js';

/** Refreshes tokens and logs out. */
@Injectable()
export class SessionFlowsService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly accessTokens: AccessTokens,
    private readonly events: AccountEvents,
    private readonly audit: AuditService,
  ) {}

  async refreshToken(body: RefreshTokenDto, client: Client): Promise<RefreshTokenAnswer> {
    const refreshToken = body.refreshToken ?? body.resfreshToken;
    if (refreshToken === undefined) {
      const faults = [{ field: 'refreshToken', message: 'refreshToken is missing' }];
      throw new AppError(AUTH_ERRORS.CREDENTIALS_MISSING, { faults });
    }
    const rotation = (await this.sessions.rotateAtOnce(refreshToken)) ?? (await this.rotate(refreshToken, client));
    if (rotation.outcome === 'ended' && (await this.wasDeleted(rotation.claims.userId))) {
      throw new AppError(AUTH_ERRORS.USER_NOT_FOUND);
    }
    if (rotation.outcome !== 'rotated') throw new AppError(CREDENTIALS_ERRORS.REFRESH_TOKEN_INVALID);
    const { token, expirationTime } = await this.accessTokens.issue(rotation.claims);
    return { token, refreshToken: rotation.refreshToken, resfreshToken: rotation.refreshToken, expirationTime };
  }

  async logOut({ userId, sessionId }: Caller, client: Client): Promise<Answer> {
    await this.database.write((tx) => this.events.loggedOut(tx, userId, sessionId ?? '', client));
    return success('You are logged out.');
  }

  async logOutEverywhere({ userId }: Caller, client: Client): Promise<Answer> {
    const user = await this.users.findById(userId);
    const who = { userId, email: user?.email };
    await this.database.write((tx) => this.events.loggedOutEverywhere(tx, who, client));
    return success('You are logged out on all devices.');
  }

  private rotate(refreshToken: string, client: Client): Promise<Rotation> {
    return this.database.write(async (tx) => {
      const rotation = await this.sessions.rotate(tx, refreshToken);
      if (rotation.outcome === 'reused') await this.events.sessionStolen(tx, rotation.claims.userId, client);
      return rotation;
    });
  }

  /** Whether the user was deleted: then the audit log has events of the id. The id of an unverified signup was never a user's. */
  private async wasDeleted(userId: string): Promise<boolean> {
    return !(await this.users.findById(userId)) && (await this.audit.knows(userId));
  }
}
