import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/common/clock.js';

/** What a step should be answered: status, code, number of the flow; and the letter that it should send. */
export interface Prediction {
  outcome: string;
  letter?: 'code' | 'token' | 'notice';
}

/** A user as sessions remember them: a signup that was never proved has only the prospect of one. */
interface Person {
  isDeleted: boolean;
}

export interface ModelSession {
  person: Person;
  state: 'inert' | 'live' | 'ended';
  /** Every refresh token it ever had; the last is the present one. */
  refreshTokens: string[];
  accessTokens: { text: string; issuedAt: number }[];
  openedAt: number;
  rotatedAt: number;
}

interface Attempt {
  code: string;
  codeSentAt: number;
  tries: number;
  password: string;
  session: ModelSession;
  /** One with another password was pushed out. */
  isContested: boolean;
}

class Tally {
  count = 0;
  since = -Infinity;
  lastAt = -Infinity;

  within(windowMs: number, now: number): this {
    if (now - this.since >= windowMs) Object.assign(this, { count: 0, since: now });
    return this;
  }

  add(now: number): void {
    Object.assign(this, { count: this.count + 1, lastAt: now });
  }

  /** One more letter is too many now. */
  isFull(now: number): boolean {
    return now - this.lastAt < MINUTE_MS || this.within(HOUR_MS, now).count >= 5;
  }
}

const ok = (number?: number): Prediction => ({ outcome: ['200', number].join(' ').trim() });
const refused = (status: number, code: string, number?: number): Prediction => ({
  outcome: [status, code, number].join(' ').trim(),
});

/** One address as the contract has it: what every request must be answered, and what it changes. */
export class AccountModel {
  /** The password is null while nobody chose one. */
  user: { person: Person; password: string | null } | null = null;
  attempts: Attempt[] = [];
  sessions: ModelSession[] = [];
  reset: { token: string; sentAt: number } | null = null;
  private readonly codeLetters = new Tally();
  private readonly resetLetters = new Tally();
  private readonly failedCodes = new Tally();

  signUp(now: number, password: string): Prediction {
    if (this.user) return refused(400, 'ACCOUNT_ALREADY_EXISTS', 1);
    const earlier = this.attempts.length;
    for (const pushedOut of this.attempts.splice(0, Math.max(0, earlier - 2))) {
      pushedOut.session.state = 'ended';
      const differs = [password, ...this.attempts.map((attempt) => attempt.password)].some(
        (other) => other !== pushedOut.password,
      );
      if (differs || pushedOut.isContested) for (const attempt of this.attempts) attempt.isContested = true;
    }
    const session = this.open(now, { isDeleted: false }, 'inert');
    this.attempts.push({ code: '', codeSentAt: now, tries: 0, password, session, isContested: false });
    this.codeLetters.within(HOUR_MS, now).add(now);
    return { ...ok(earlier > 0 ? 2 : 3), letter: 'code' };
  }

  verify(now: number, code: string): Prediction {
    if (this.user) return refused(400, 'ACCOUNT_EXISTS', 4);
    if (this.attempts.length === 0) return refused(404, 'ACCOUNT_NOT_FOUND', 5);
    const live = this.attempts.filter(({ tries, codeSentAt }) => tries < 5 && now - codeSentAt < 15 * MINUTE_MS);
    if (live.length === 0) return refused(400, 'RESEND_INVITE', 3);
    if (this.failedCodes.within(DAY_MS, now).count >= 5) return refused(429, 'TOO_MANY_TRIES', 1);
    for (const attempt of live) attempt.tries += 1;
    const proved = live.find((attempt) => attempt.code === code);
    if (!proved) {
      this.failedCodes.add(now);
      return refused(400, 'INVALID_CODE', 1);
    }
    this.failedCodes.count = 0;
    const isContested = this.attempts.some((one) => one.isContested || one.password !== proved.password);
    for (const { session } of this.attempts) {
      session.state = session === proved.session && !isContested ? 'live' : 'ended';
    }
    this.attempts = [];
    if (!isContested) {
      this.user = { person: proved.session.person, password: proved.password };
      return ok(2);
    }
    this.user = { person: { isDeleted: false }, password: null };
    this.reset = { token: '', sentAt: now };
    return { ...ok(2), letter: 'token' };
  }

  resend(now: number): Prediction {
    if (this.user) return refused(400, 'ACCOUNT_EXISTS');
    const newest = this.attempts.at(-1);
    if (!newest) return refused(404, 'ACCOUNT_NOT_FOUND');
    if (this.codeLetters.isFull(now)) return refused(429, 'TOO_MANY_LETTERS');
    this.codeLetters.within(HOUR_MS, now).add(now);
    Object.assign(newest, { codeSentAt: now, tries: 0 });
    return { ...ok(), letter: 'code' };
  }

  logIn(now: number, password: string): Prediction {
    if (this.user?.password === password) {
      this.open(now, this.user.person, 'live');
      return ok(7);
    }
    if (!this.user && this.attempts.length === 0) return refused(404, 'USER_NOT_FOUND', 3);
    const isPending = this.attempts.some((attempt) => attempt.password === password);
    return isPending ? refused(401, 'ACCOUNT_NOT_VERIFIED', 2) : refused(401, 'INVALID_PASSWORD', 4);
  }

  refresh(now: number, session: ModelSession, token: string): Prediction {
    if (!this.isAlive(now, session)) {
      return session.person.isDeleted ? refused(404, 'USER_NOT_FOUND') : refused(401, 'REFRESH_TOKEN_INVALID');
    }
    if (session.state === 'inert') return refused(401, 'EMAIL_NOT_VERIFIED');
    const age = session.refreshTokens.length - 1 - session.refreshTokens.indexOf(token);
    if (age === 1 && now - session.rotatedAt <= 30 * SECOND_MS) return ok();
    if (age > 0) {
      session.state = 'ended';
      return { ...refused(401, 'REFRESH_TOKEN_INVALID'), letter: 'notice' };
    }
    session.rotatedAt = now;
    return ok();
  }

  /** Null when the token opens what is guarded. */
  guard(now: number, session: ModelSession, issuedAt: number): Prediction | null {
    const isExpired = now >= issuedAt + 2 * HOUR_MS + 30 * SECOND_MS;
    if (isExpired || !this.isAlive(now, session)) return refused(401, 'TOKEN_INVALID');
    return session.state === 'inert' ? refused(401, 'EMAIL_NOT_VERIFIED') : null;
  }

  changePassword(session: ModelSession, oldPassword: string, newPassword: string): Prediction {
    if (this.user?.password !== oldPassword) return refused(401, 'INVALID_PASSWORD');
    this.user.password = newPassword;
    this.endSessions((other) => other !== session);
    this.reset = null;
    return { ...ok(), letter: 'notice' };
  }

  forgot(now: number): Prediction {
    if (this.resetLetters.isFull(now)) return ok();
    this.resetLetters.within(HOUR_MS, now).add(now);
    this.reset = null;
    if (!this.user && this.attempts.length === 0) return ok();
    this.reset = { token: '', sentAt: now };
    return { ...ok(), letter: 'token' };
  }

  resetPassword(now: number, token: string, password: string): Prediction {
    const isKnown = this.user !== null || this.attempts.length > 0;
    const person = this.user?.person ?? { isDeleted: false };
    const isGood = this.reset?.token === token && now - this.reset.sentAt < HOUR_MS;
    if (!isGood || !isKnown) return refused(400, 'RESET_TOKEN_INVALID');
    this.endSessions(() => true);
    Object.assign(this, { user: { person, password }, attempts: [], reset: null });
    return { ...ok(), letter: 'notice' };
  }

  logOut(session: ModelSession): Prediction {
    session.state = 'ended';
    return ok();
  }

  logOutEverywhere(): Prediction {
    this.endSessions(() => true);
    return ok();
  }

  delete(password: string): Prediction {
    if (this.user?.password !== password) return refused(401, 'INVALID_PASSWORD');
    this.endSessions(() => true);
    this.user.person.isDeleted = true;
    Object.assign(this, { user: null, reset: null });
    return { ...ok(), letter: 'notice' };
  }

  private open(now: number, person: Person, state: 'inert' | 'live'): ModelSession {
    const session: ModelSession = {
      person,
      state,
      refreshTokens: [],
      accessTokens: [],
      openedAt: now,
      rotatedAt: now,
    };
    this.sessions.push(session);
    return session;
  }

  private endSessions(which: (session: ModelSession) => boolean): void {
    for (const session of this.sessions.filter(which)) session.state = 'ended';
  }

  private isAlive(now: number, session: ModelSession): boolean {
    const end = Math.min(session.rotatedAt + 30 * DAY_MS, session.openedAt + 90 * DAY_MS);
    if (now >= end) session.state = 'ended';
    return session.state !== 'ended';
  }
}
