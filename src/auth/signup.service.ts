import { Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import { AUDIT_EVENT } from '../audit/audit-events.js';
import { AuditService } from '../audit/audit.service.js';
import { AppError, ErrorEntry } from '../common/app-error.js';
import { Clock, DAY_MS } from '../common/clock.js';
import { Secrets } from '../secrets/secrets.js';
import { AccountsSettings } from '../config/accounts.settings.js';
import { AccessTokens } from '../credentials/access-tokens.js';
import { SessionsService } from '../credentials/sessions.service.js';
import { Database } from '../database/database.js';
import { Transaction } from '../database/transaction.js';
import { maskedIp } from '../config/addresses.js';
import { Client } from '../http/client.js';
import { hasAtMost, PERSON_NAME_MAX_LENGTH } from '../http/fields.js';
import { MailService } from '../mail/mail.service.js';
import { success } from '../openapi/answers.js';
import { THROTTLING_ERRORS } from '../throttling/throttling.errors.js';
import { Throttling } from '../throttling/throttling.service.js';
import { User } from '../users/user.entity.js';
import { UserAnswer } from '../users/users.dto.js';
import { UsersService } from '../users/users.service.js';
import { AddressLimitsService } from './address-limits.service.js';
import { SignupAnswer, SignupDto } from './auth.dto.js';
import { AUTH_ERRORS } from './auth.errors.js';
import { CodeMessages, originOf } from './code-messages.js';
import { Codes } from './codes.js';
import { SIGNUP_STATUS } from './flows.js';
import { PasswordHasher } from './password-hasher.js';
import { PasswordPolicy } from './password-policy.js';
import { pendingSalt } from './pending-salt.js';
import { SignupAttempt } from './signup-attempt.entity.js';
import { isDecoy, SignupAttempts } from './signup-attempts.service.js';

const NOTICE_USEFUL_MS = DAY_MS;
/** When the address has signups of too many networks: by then the codes of the present ones have expired. */
const CROWDED_WAIT_SECONDS = 15 * 60;

/** A signup that was written. */
interface Made {
  user: SignupAttempt;
  sessionId: string;
  refreshToken: string;
  status: number;
}

/** Throttled like any other request, with the way out in words. */
const TOO_MANY_SIGNUPS = {
  ...THROTTLING_ERRORS.TOO_MANY_REQUESTS,
  message:
    'Too many signups with this address. Try again after the time in Retry-After, or ask for a reset link (forgot-password): it verifies the address and lets you choose your password.',
};

function tooManySignups(dayWait: number): AppError {
  return new AppError(TOO_MANY_SIGNUPS, { retryAfterSeconds: dayWait || CROWDED_WAIT_SECONDS });
}

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
    private readonly messages: CodeMessages,
    private readonly attempts: SignupAttempts,
    private readonly limits: AddressLimitsService,
    private readonly throttling: Throttling,
    private readonly mail: MailService,
    private readonly audit: AuditService,
    private readonly secrets: Secrets,
    private readonly clock: Clock,
    private readonly settings: AccountsSettings,
  ) {}

  async signUp(request: SignupDto, client: Client): Promise<SignupAnswer> {
    this.judge(request);
    if (!this.isHidden && (await this.users.findByEmail(request.email))) {
      throw new AppError(AUTH_ERRORS.ACCOUNT_ALREADY_EXISTS);
    }
    const refusal = await this.throttling.countSignup(request.email, client.ip);
    // Hidden, even that others signed up with this address is nobody's business: the answer is the same, the letter stays here.
    if (refusal && !this.isHidden) return this.refuse(request.email, refusal);
    const passwordHash = await this.hasher.hash(request.password, pendingSalt(this.secrets, request.email));
    const made = await this.database.write((tx) => this.attempt(tx, request, passwordHash, client, refusal !== null));
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

  /** Whoever is refused may have another password than the signups that are kept: these are contested from now on. */
  private async refuse(email: string, { retryAfterSeconds, limit }: AppError): Promise<never> {
    await this.database.writeAtOnce((rows) => this.attempts.contest({ rows }, email));
    throw new AppError(TOO_MANY_SIGNUPS, { retryAfterSeconds, limit });
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

  /** Writes the attempt, its session and its letter. Returns the refusal of an address that takes no more, or has an account that may be told of. */
  private async attempt(
    transaction: Transaction,
    request: SignupDto,
    passwordHash: string,
    client: Client,
    isVoid: boolean,
  ): Promise<Made | AppError> {
    const use = await this.limits.lockFor(transaction, request.email, client.ip);
    const account = await this.users.findByEmail(request.email, transaction.manager);
    if (account && !this.isHidden) return new AppError(AUTH_ERRORS.ACCOUNT_ALREADY_EXISTS);
    const earlier = await this.attempts.of(transaction, request.email);
    const { attempt, code } = this.begin(request, passwordHash, client, account);
    const excess = this.attempts.toPushOut(earlier, attempt);
    // Counted for a decoy as well: asking for its code again must not tell it from others.
    const { dayWait, wait } = await this.limits.noteCodeLetter(transaction, use);
    const isRefused = dayWait > 0 || excess === attempt;
    const change = { newcomer: attempt, isRefused, earlier, excess: dayWait > 0 && !this.isHidden ? null : excess };
    if (isRefused && !this.isHidden) {
      await this.attempts.removeExcess(transaction, request.email, change);
      return tooManySignups(dayWait);
    }
    await transaction.manager.insert(SignupAttempt, attempt);
    const session = await this.sessions.open(transaction, { userId: attempt.userId, attemptId: attempt.id }, client);
    if (excess || this.isHidden) await this.attempts.removeExcess(transaction, request.email, change);
    const isFailing = await this.mail.isFailing(transaction.manager);
    const isSilent = isVoid || isRefused;
    await this.write(transaction, request.email, attempt, account, code, {
      isVoid: isSilent,
      isNoticeVoid: isSilent || wait > 0,
    });
    await this.audit.record(transaction, AUDIT_EVENT.SIGNED_UP, { userId: null, email: request.email }, client);
    const repeated = earlier.some((one) => !isDecoy(one)) ? SIGNUP_STATUS.EMAIL_NOT_VERIFIED : SIGNUP_STATUS.SUCCESS;
    return { user: attempt, ...session, status: isFailing ? SIGNUP_STATUS.EMAIL_NOT_SENT : repeated };
  }

  private begin({ email, name }: SignupDto, passwordHash: string, client: Client, account: User | null) {
    const [id, code] = [uuid(), this.codes.generate()];
    const attempt: SignupAttempt = {
      id,
      userId: uuid(),
      email: account ? this.attempts.decoyName(email) : email,
      name: account ? '' : name,
      passwordHash: account ? '' : passwordHash,
      // With an account there, this is a decoy: it looks and lives like any attempt, but nothing opens it.
      codeHash: account ? null : this.codes.hash(id, code),
      codeExpiresAt: this.messages.expiry(),
      codeTries: 0,
      ownCodeTries: 0,
      network: maskedIp(client.ip),
      userAgent: client.userAgent,
      isContested: false,
      createdAt: this.clock.now(),
    };
    return { attempt, code };
  }

  /** The letter: the code, or to an account's owner the news that somebody signed up with their address. */
  private async write(
    transaction: Transaction,
    email: string,
    attempt: SignupAttempt,
    account: User | null,
    code: string,
    { isVoid, isNoticeVoid }: { isVoid: boolean; isNoticeVoid: boolean },
  ): Promise<void> {
    const { codeExpiresAt: expiresAt } = attempt;
    if (!account) return this.messages.queue(transaction, email, attempt, { code, expiresAt, isVoid });
    await this.mail.queue(transaction, {
      kind: 'account-exists',
      recipient: email,
      name: account.name,
      params: originOf(attempt),
      usefulUntil: this.clock.in(NOTICE_USEFUL_MS),
      isVoid: isNoticeVoid,
    });
  }
}
