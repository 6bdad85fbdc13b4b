import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import { Database } from '../database/database.js';
import { Client } from '../http/client.js';
import { Throttling } from '../throttling/throttling.service.js';
import { User } from '../users/user.entity.js';
import { AccountEvents } from './account-events.js';
import { AUTH_ERRORS } from './auth.errors.js';
import { PasswordHasher } from './password-hasher.js';

/** Checks the password that logged-in users must enter again to change it or to delete the account. */
@Injectable()
export class OwnPassword {
  constructor(
    private readonly database: Database,
    private readonly hasher: PasswordHasher,
    private readonly throttling: Throttling,
    private readonly events: AccountEvents,
  ) {}

  /** Throws INVALID_PASSWORD for a wrong password, after recording it and counting it as a failed login. */
  async check(user: User, password: string, client: Client): Promise<void> {
    if (await this.hasher.verify(user.passwordHash, password)) return;
    await this.throttling.countFailure(user.email);
    await this.database.writeAtOnce((rows) => this.events.passwordCheckFailed({ rows }, user, client));
    throw new AppError(AUTH_ERRORS.INVALID_PASSWORD);
  }
}
