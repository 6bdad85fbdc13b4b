import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import { Clock } from '../common/clock.js';
import { Caller } from '../credentials/caller.js';
import { CREDENTIALS_ERRORS } from '../credentials/credentials.errors.js';
import { Database } from '../database/database.js';
import { Client } from '../http/client.js';
import { Answer, success } from '../openapi/answers.js';
import { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { AccountEvents } from './account-events.js';
import { ChangePasswordDto } from './auth.dto.js';
import { AUTH_ERRORS } from './auth.errors.js';
import { NewPassword } from './new-password.js';
import { OwnPassword } from './own-password.js';

/** Changes the password of a user who knows the old one. */
@Injectable()
export class PasswordChangeService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly ownPassword: OwnPassword,
    private readonly newPassword: NewPassword,
    private readonly events: AccountEvents,
    private readonly clock: Clock,
  ) {}

  async changePassword(
    { oldPassword, newPassword }: ChangePasswordDto,
    caller: Caller,
    client: Client,
  ): Promise<Answer> {
    const user = await this.users.findById(caller.userId);
    if (!user) throw new AppError(CREDENTIALS_ERRORS.TOKEN_INVALID);
    this.newPassword.check(newPassword, user);
    await this.ownPassword.check(user, oldPassword, client);
    const passwordHash = await this.newPassword.hash(newPassword);
    const isChanged = await this.database.write(async (tx) => {
      const where = { id: user.id, passwordHash: user.passwordHash };
      const { affected } = await tx.manager.update(User, where, { passwordHash, updatedAt: this.clock.now() });
      if (affected !== 1) return false;
      await this.events.passwordChanged(tx, user, caller.sessionId, client);
      return true;
    });
    // Another request changed the password meanwhile, so the old password is no longer right.
    if (!isChanged) throw new AppError(AUTH_ERRORS.INVALID_PASSWORD);
    return success('Your password is changed. Other sessions are ended; an API key keeps working.');
  }
}
