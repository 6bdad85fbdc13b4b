import { Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import { Clock } from '../common/clock.js';
import { Transaction } from '../database/transaction.js';
import { Client } from '../http/client.js';
import { User } from '../users/user.entity.js';
import { AccountEvents } from './account-events.js';
import { PasswordHasher } from './password-hasher.js';
import { ResetLinks } from './reset-links.js';
import { SignupAttempt } from './signup-attempt.entity.js';
import { SignupAttempts } from './signup-attempts.service.js';
import { userOf } from './user-of-attempt.js';

/** Makes the account of an address whose mailbox is proved by a code. */
@Injectable()
export class AccountOpening {
  constructor(
    private readonly attempts: SignupAttempts,
    private readonly hasher: PasswordHasher,
    private readonly resetLinks: ResetLinks,
    private readonly events: AccountEvents,
    private readonly clock: Clock,
  ) {}

  /** The signup becomes the user, with its own password, name and session; the others of its address open nothing any more. */
  async adopt(transaction: Transaction, attempt: SignupAttempt, client: Client): Promise<User> {
    const user = userOf(attempt, this.clock.now());
    await transaction.manager.insert(User, user);
    await this.attempts.activate(transaction, attempt);
    await this.events.emailVerified(transaction, user, client);
    return user;
  }

  /** The account has nobody's password and nobody's session: the owner of the mailbox chooses one with the link that is sent at once. */
  async openWithoutPassword(transaction: Transaction, attempt: SignupAttempt, client: Client): Promise<User> {
    // An id of its own: no token that was given to a signup names this user.
    const user = { ...userOf(attempt, this.clock.now()), id: uuid(), passwordHash: this.hasher.hashOfNothing() };
    await transaction.manager.insert(User, user);
    await this.resetLinks.send(transaction, {
      kind: 'choose-password',
      email: user.email,
      name: user.name,
      isVoid: false,
    });
    await this.events.emailVerified(transaction, user, client);
    return user;
  }
}
