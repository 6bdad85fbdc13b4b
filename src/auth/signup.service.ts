import { Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import { AUDIT_EVENT } from '../audit/audit-events.js';
import { AuditService } from '../audit/audit.service.js';
import { AppError, ErrorEntry } from '../common/app-error.js';
import { Clock, MINUTE_MS } from '../common/clock.js';
import { Secrets } from '../common/secrets.js';
import { Env } from '../config/env.js';
import { AccessTokens } from '../credentials/access-tokens.js';
import { SessionsService } from '../credentials/sessions.service.js';
import { Database } from '../database/database.js';
import { Transaction } from '../database/transaction.js';
import { Client } from '../http/client.js';
import { hasAtMost, PERSON_NAME_MAX_LENGTH } from '../http/fields.js';
import { MailService } from '../mail/mail.service.js';
import { success } from '../openapi/answers.js';
import { Throttling } from '../throttling/throttling.service.js';
import { UserAnswer } from '../users/users.dto.js';
import { UsersService } from '../users/users.service.js';
import { AddressLimitsService } from './address-limits.service.js';
import { SignupAnswer, SignupDto } from './auth.dto.js';
import { AUTH_ERRORS } from './auth.errors.js';
import { Codes } from './codes.js';
import { SIGNUP_STATUS } from './flows.js';
import { PasswordHasher } from './password-hasher.js';
import { PasswordPolicy } from './password-policy.js';
import { pendingSalt } from './pending-salt.js';
import { SignupAttempt } from './signup-attempt.entity.js';

const MOST_ATTEMPTS = 3;
const NOTICE_USEFUL_MS = 24 * 60 * MINUTE_MS;

/** Control characters, line breaks of any script, halves of characters, and marks that turn the writing direction. */
const NOT_IN_NAMES = /[\p{Cc}\p{Cs}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u;

function isName(name: string): boolean {
  return hasAtMost(PERSON_NAME_MAX_LENGTH, name) && !NOT_IN_NAMES.test(name);
}

/** Signing up. Until its code comes back, a signup is an attempt and touches nothing that exists. */
@Injectable()
export class SignupService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly accessTokens: AccessTokens,
    private readonly hasher: PasswordHasher,
    private readonly policy: PasswordPolicy,
    private readonly codes: Codes,
    private readonly limits: AddressLimitsService,
    private readonly throttling: Throttling,
    private readonly mail: MailService,
    private readonly audit: AuditService,
    private readonly secrets: Secrets,
    private readonly clock: Clock,
    private readonly env: Env,
  ) {}

  async signUp(request: SignupDto, client: Client): Promise<SignupAnswer> {
    this.judge(request);
    const isHidden = this.env.ACCOUNT_DISCLOSURE === 'hidden';
    if (!isHidden && (await this.users.findByEmail(request.email))) {
      throw new AppError(AUTH_ERRORS.ACCOUNT_ALREADY_EXISTS);
    }
    const refusal = await this.throttling.countSignup(request.email);
    // Hidden, even that others signed up with this address is nobody's business: the answer is the same, the letter stays here.
    if (refusal && !isHidden) throw refusal;
    const passwordHash = await this.hasher.hash(request.password, pendingSalt(this.secrets, request.email));
    const made = await this.database.write((tx) => this.attempt(tx, request, passwordHash, client, refusal !== null));
    if (made === null) throw new AppError(AUTH_ERRORS.ACCOUNT_ALREADY_EXISTS);
    const { user, sessionId, refreshToken, status } = made;
    const { token, expirationTime } = await this.accessTokens.issue({ userId: user.userId, sessionId });
    return success('You signed up. Enter the code that was mailed to you.', {
      user: UserAnswer.of({ ...user, activeProject: null, companyName: null, updatedAt: user.createdAt }),
      signupStatus: isHidden ? SIGNUP_STATUS.SUCCESS : status,
      token,
      refreshToken,
      expirationTime,
    });
  }

  /** Judges the password and the name, in the documented order of their codes. */
  private judge(request: SignupDto): void {
    const faults: [string, ErrorEntry][] = [];
    const passwordFault = this.policy.fault(request.password, request);
    if (passwordFault) faults.push(['password', passwordFault]);
    if (!isName(request.name)) faults.push(['name', AUTH_ERRORS.NAME_INVALID]);
    if (faults.length === 0) return;
    throw new AppError(faults[0][1], { faults: faults.map(([field, { message }]) => ({ field, message })) });
  }

  /** Writes the attempt, its session and its letter. Null when the address has an account that may be told of. */
  private async attempt(
    transaction: Transaction,
    request: SignupDto,
    passwordHash: string,
    client: Client,
    isVoid: boolean,
  ) {
    const { manager } = transaction;
    const limits = await this.limits.lock(transaction, request.email);
    const account = await this.users.findByEmail(request.email, manager);
    if (account && this.env.ACCOUNT_DISCLOSURE !== 'hidden') return null;
    const earlier = await this.makeRoom(transaction, request.email);
    const code = this.codes.generate();
    const id = uuid();
    const attempt = {
      id,
      userId: uuid(),
      email: request.email,
      name: request.name,
      passwordHash,
      // With an account there, this is a decoy: it looks and lives like any attempt, but nothing opens it.
      codeHash: account ? null : this.codes.hash(id, code),
      codeExpiresAt: this.clock.in(this.env.CODE_LIFETIME_MINUTES * MINUTE_MS),
      codeTries: 0,
      createdAt: this.clock.now(),
    };
    await manager.insert(SignupAttempt, attempt);
    const session = await this.sessions.open(transaction, { userId: attempt.userId, attemptId: id }, client);
    const isFailing = await this.mail.isFailing(manager);
    // Counted for a decoy as well: asking for its code again must not tell it from others.
    const wait = await this.limits.noteLetter(transaction, limits, 'codeLetters');
    if (account) {
      await this.mail.queue(transaction, {
        kind: 'account-exists',
        recipient: account.email,
        name: account.name,
        usefulUntil: this.clock.in(NOTICE_USEFUL_MS),
        isVoid: isVoid || wait > 0,
      });
    } else {
      await this.mail.queue(transaction, {
        kind: 'verification-code',
        recipient: attempt.email,
        name: attempt.name,
        secret: code,
        params: { minutes: this.env.CODE_LIFETIME_MINUTES },
        usefulUntil: attempt.codeExpiresAt,
        isVoid,
      });
    }
    await this.audit.record(transaction, AUDIT_EVENT.SIGNED_UP, { userId: null, email: request.email }, client);
    const repeated = earlier > 0 ? SIGNUP_STATUS.EMAIL_NOT_VERIFIED : SIGNUP_STATUS.SUCCESS;
    return { user: attempt, ...session, status: isFailing ? SIGNUP_STATUS.EMAIL_NOT_SENT : repeated };
  }

  /** Keeps the number of live attempts of an address down: the oldest goes, with its session. Answers how many there were. */
  private async makeRoom(transaction: Transaction, email: string): Promise<number> {
    const attempts = await transaction.manager.find(SignupAttempt, { where: { email }, order: { id: 'ASC' } });
    for (const { id } of attempts.slice(0, Math.max(0, attempts.length - MOST_ATTEMPTS + 1))) {
      await transaction.manager.delete(SignupAttempt, id);
      await this.sessions.end(transaction, { attemptId: id });
    }
    return attempts.length;
  }
}
