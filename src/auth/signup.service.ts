import { Injectable } from '@nestjs/common';
import { AppError, ErrorEntry } from '../common/app-error.js';
import { AccountsSettings } from '../config/accounts.settings.js';
import { AccessTokens } from '../credentials/access-tokens.js';
import { Database } from '../database/database.js';
import { Client } from '../http/client.js';
import { hasAtMost, PERSON_NAME_MAX_LENGTH } from '../http/fields.js';
import { success } from '../openapi/answers.js';
import { Throttling } from '../throttling/throttling.service.js';
import { UserAnswer } from '../users/users.dto.js';
import { UsersService } from '../users/users.service.js';
import { SignupAnswer, SignupDto } from './auth.dto.js';
import { AUTH_ERRORS } from './auth.errors.js';
import { SIGNUP_STATUS } from './flows.js';
import { NewSignups } from './new-signups.js';
import { PasswordPolicy } from './password-policy.js';
import { PendingPasswords } from './pending-passwords.js';

/** Control characters, line breaks, lone surrogates, and marks that change the writing direction. */
const NOT_IN_NAMES = /[\p{Cc}\p{Cs}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u;

function isName(name: string): boolean {
  return hasAtMost(PERSON_NAME_MAX_LENGTH, name) && !NOT_IN_NAMES.test(name);
}

/** Signs people up. */
@Injectable()
export class SignupService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly policy: PasswordPolicy,
    private readonly throttling: Throttling,
    private readonly passwords: PendingPasswords,
    private readonly signups: NewSignups,
    private readonly accessTokens: AccessTokens,
    private readonly settings: AccountsSettings,
  ) {}

  async signUp(request: SignupDto, client: Client): Promise<SignupAnswer> {
    this.check(request);
    if (!this.isHidden && (await this.users.findByEmail(request.email))) {
      throw new AppError(AUTH_ERRORS.ACCOUNT_ALREADY_EXISTS);
    }
    const refusal = await this.throttling.countSignup(request.email, client.ip);
    // With hidden accounts a throttled signup gets the normal response, but no message: others' signups with the address stay secret.
    if (refusal && !this.isHidden) {
      throw await this.database.writeAtOnce((rows) => this.signups.refuse({ rows }, request.email, refusal));
    }
    const passwordHash = await this.passwords.hash(request.email, request.password);
    const made = await this.database.write((tx) =>
      this.signups.add(tx, request, passwordHash, client, { isSilent: refusal !== null }),
    );
    if (made instanceof AppError) throw made;
    const { user, sessionId, refreshToken, status } = made;
    const { token, expirationTime } = await this.accessTokens.issue({ userId: user.userId, sessionId });
    return success('You signed up. Enter the code that was mailed to you.', {
      user: UserAnswer.of({
        ...user,
        email: request.email,
        name: request.name,
        activeProject: null,
        companyName: null,
        updatedAt: user.createdAt,
      }),
      signupStatus: this.isHidden ? SIGNUP_STATUS.SUCCESS : status,
      token,
      refreshToken,
      expirationTime,
    });
  }

  private get isHidden(): boolean {
    return this.settings.hidesAccounts;
  }

  /** Throws when the password or the name is not acceptable; with both wrong, the password's code comes first. */
  private check(request: SignupDto): void {
    const faults: [string, ErrorEntry][] = [];
    const passwordFault = this.policy.fault(request.password, request);
    if (passwordFault) faults.push(['password', passwordFault]);
    if (!isName(request.name)) faults.push(['name', AUTH_ERRORS.NAME_INVALID]);
    if (faults.length === 0) return;
    throw new AppError(faults[0][1], { faults: faults.map(([field, { message }]) => ({ field, message })) });
  }
}
