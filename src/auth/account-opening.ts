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

/** Creates the account once a code has proved the mailbox. */
@Injectable()
export class AccountOpening {
  constructor(
    private readonly attempts: SignupAttempts,
    private readonly hasher: PasswordHasher,
    private readonly resetLinks: ResetLinks,
    private readonly events: AccountEvents,
    private readonly clock: Clock,
  ) {}

  /** Turns the signup into the user, with its password, name and session. Other signups of the address become useless. */
  async adopt(transaction: Transaction, attempt: SignupAttempt, client: Client): Promise<User> {
    const user = userOf(attempt, this.clock.now());
    await transaction.manager.insert(User, user);
    await this.attempts.activate(transaction, attempt);
    await this.events.emailVerified(transaction, user, client);
    return user;
  }

  /** Creates an account without a password or session, and sends a link with which the owner of the mailbox chooses a password. */
  async openWithoutPassword(transaction: Transaction, attempt: SignupAttempt, client: Client): Promise<User> {
    // A new id, so that no token of a signup is valid for this user.
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
