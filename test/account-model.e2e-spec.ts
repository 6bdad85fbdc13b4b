import fc from 'fast-check';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../src/common/clock.js';
import { randomRuns } from './openapi/seed.js';
import { MANY_REQUESTS } from './openapi/settings.js';
import { AccountModel, ModelSession, Prediction } from './support/account-model.js';
import { ApiAnswer } from './support/api-client.js';
import { newAddress } from './support/people.js';
import { startApp, TestApp } from './support/start-app.js';

/** For as many runs as MODEL_RUNS may ask for. */
const PATIENCE_MS = 600_000;
const PASSWORDS = ['the first password of mine', 'the second password of mine', 'the third password of mine'];
const LONG_MOVES = [16 * MINUTE_MS, 61 * MINUTE_MS, 3 * HOUR_MS, 25 * HOUR_MS, 31 * DAY_MS];
/** Mostly short ones: a long one ends nearly everything that could still be tried. */
const MOVES = [...Array<number>(10).fill(20 * SECOND_MS), ...Array<number>(8).fill(61 * SECOND_MS), ...LONG_MOVES];

interface Step {
  kind: Kind;
  /** Which of the two addresses. */
  who: number;
  /** Takes what is most likely to work: the newest code, token, session, the right password. */
  isRight: boolean;
  /** Else takes one of all that there ever were. */
  pick: number;
}

const KINDS = {
  signUp: 2,
  verify: 4,
  resend: 2,
  logIn: 3,
  refresh: 9,
  useToken: 3,
  changePassword: 2,
  forgot: 2,
  reset: 2,
  logOut: 1,
  logOutEverywhere: 1,
  delete: 1,
  move: 5,
};
type Kind = keyof typeof KINDS;

const right = (kind: Kind): Step => ({ kind, who: 0, isRight: true, pick: 0 });
/** Most lives begin with an account: to get one by chance takes them too long. */
const beginnings = fc.constantFrom<Step[]>(
  [],
  ...Array<Step[]>(3).fill([right('signUp'), right('verify'), right('refresh')]),
);

const step = fc.record<Step>({
  kind: fc.oneof(...Object.entries(KINDS).map(([kind, weight]) => ({ weight, arbitrary: fc.constant(kind as Kind) }))),
  who: fc.constantFrom(0, 0, 0, 1),
  isRight: fc.constantFrom(true, true, false),
  pick: fc.nat(99),
});

const lives = fc
  .tuple(beginnings, fc.array(step, { minLength: 8, maxLength: 22, size: 'max' }))
  .map(([beginning, rest]) => [...beginning, ...rest]);

/** One address, lived through on the service and in the model side by side. */
class Life {
  readonly email = newAddress();
  readonly model = new AccountModel();
  private readonly codes = ['000000'];
  private readonly resetTokens = ['made up'];

  constructor(
    private readonly service: TestApp,
    private readonly story: string[],
  ) {}

  async take({ kind, isRight, pick }: Step): Promise<void> {
    const choose = <Item>(items: Item[], best: Item): Item => (isRight ? best : items[pick % items.length]);
    const password = choose(PASSWORDS, this.model.user?.password ?? PASSWORDS[pick % PASSWORDS.length]);
    const session = choose(
      this.model.sessions,
      this.model.sessions.findLast(({ state }) => state === 'live')!,
    );
    if (kind === 'move') return this.service.clock.advance(MOVES[pick % MOVES.length]);
    if (kind === 'verify') return this.verify(choose(this.codes, this.codes.at(-1)!));
    if (kind === 'reset') return this.reset(choose(this.resetTokens, this.resetTokens.at(-1)!), PASSWORDS[pick % 3]);
    if (kind === 'signUp' || kind === 'logIn') return this.enter(kind, password);
    if (kind === 'resend') return this.check(kind, this.model.resend(this.now), this.post('resend-code', {}));
    if (kind === 'forgot') return this.check(kind, this.model.forgot(this.now), this.post('forgot-password', {}));
    if (session === undefined) return;
    if (kind === 'refresh') return this.refresh(session, choose(session.refreshTokens, session.refreshTokens.at(-1)!));
    return this.beGuarded(kind, session, choose(session.accessTokens, session.accessTokens.at(-1)!), password);
  }

  /** At the end every session shows whether it is alive. */
  async settle(): Promise<void> {
    for (const session of [...this.model.sessions]) await this.refresh(session, session.refreshTokens.at(-1)!);
  }

  /** What the database has of the address. */
  async rows(): Promise<{ users: number; attempts: number }> {
    const count = async (table: string) => {
      const rows = await this.service.query(`SELECT id FROM ${table} WHERE email = '${this.email}'`);
      return rows.length;
    };
    return { users: await count('users'), attempts: await count('signup_attempts') };
  }

  private get now(): number {
    return this.service.clock.now().getTime();
  }

  private post(path: string, body: object): Promise<ApiAnswer> {
    return this.service.api.post(`/auth/${path}`, { email: this.email, ...body });
  }

  private async enter(kind: 'signUp' | 'logIn', password: string): Promise<void> {
    const [now, sessions] = [this.now, this.model.sessions.length];
    const prediction = kind === 'signUp' ? this.model.signUp(now, password) : this.model.logIn(now, password);
    const answer = this.post(kind === 'signUp' ? 'signup' : 'login', { password, name: 'Ada' });
    await this.check(`${kind} ${password}`, prediction, answer);
    if (this.model.sessions.length > sessions) this.keepTokens(this.model.sessions.at(-1)!, (await answer).body, now);
  }

  private async verify(code: string): Promise<void> {
    await this.check(`verify ${code}`, this.model.verify(this.now, code), this.post('verify-email', { code }));
  }

  private async reset(token: string, newPassword: string): Promise<void> {
    const prediction = this.model.resetPassword(this.now, token, newPassword);
    await this.check('reset', prediction, this.service.api.post('/auth/reset-password', { token, newPassword }));
  }

  private async refresh(session: ModelSession, refreshToken: string): Promise<void> {
    const { now } = this;
    const isNewest = refreshToken === session.refreshTokens.at(-1);
    const answer = this.service.api.post('/auth/refresh-token', { refreshToken });
    await this.check(`refresh (newest: ${isNewest})`, this.model.refresh(now, session, refreshToken), answer);
    const { status, body } = await answer;
    if (status !== 200) return;
    // The successor of the token before the newest is the newest.
    if (!isNewest) expect(body.refreshToken).toBe(session.refreshTokens.pop());
    this.keepTokens(session, body, now);
  }

  private async beGuarded(
    kind: Kind,
    session: ModelSession,
    { text: token, issuedAt }: { text: string; issuedAt: number },
    password: string,
  ): Promise<void> {
    const { model } = this;
    const api = this.service.api.as({ token });
    const newPassword = PASSWORDS[(PASSWORDS.indexOf(password) + 1) % PASSWORDS.length];
    const [succeed, send]: [() => Prediction, () => Promise<ApiAnswer>] = {
      useToken: [() => ({ outcome: '200' }), () => api.get('/user/me')],
      changePassword: [
        () => model.changePassword(session, password, newPassword),
        () => api.post('/auth/change-password', { oldPassword: password, newPassword }),
      ],
      logOut: [() => model.logOut(session), () => api.post('/auth/logout')],
      logOutEverywhere: [() => model.logOutEverywhere(), () => api.post('/auth/logout-all')],
      delete: [() => model.delete(password), () => api.delete('/user', { password })],
    }[kind as 'useToken'] as any;
    await this.check(`${kind} ${password}`, model.guard(this.now, session, issuedAt) ?? succeed(), send());
  }

  private keepTokens(session: ModelSession, body: any, now: number): void {
    session.refreshTokens.push(body.refreshToken);
    session.accessTokens.push({ text: body.token, issuedAt: Math.floor(now / SECOND_MS) * SECOND_MS });
  }

  /** Compares with the prediction, and waits for the letter that it speaks of. */
  private async check(what: string, { outcome, letter }: Prediction, sent: Promise<ApiAnswer>): Promise<void> {
    const { status, body } = await sent;
    const number = body.signupStatus ?? body.verificationStatus ?? body.loginStatus;
    const actual = [status, body.code, number].filter((part) => part !== undefined).join(' ');
    expect([...this.story, `${what}: ${actual}`]).toEqual([...this.story, `${what}: ${outcome}`]);
    this.story.push(`${this.email}: ${what}: ${actual}`);
    if (letter === 'notice') await this.service.mailbox.next(this.email);
    if (letter === 'code') {
      this.codes.push(await this.service.mailbox.nextCode(this.email));
      this.model.attempts.at(-1)!.code = this.codes.at(-1)!;
    }
    if (letter === 'token') {
      this.resetTokens.push(await this.service.mailbox.nextResetToken(this.email));
      this.model.reset!.token = this.resetTokens.at(-1)!;
    }
  }
}

describe('An account', () => {
  let service: TestApp;
  beforeAll(async () => (service = await startApp(MANY_REQUESTS)));
  afterAll(() => service.close());

  it(
    'responds as the contract says at every step of random account histories',
    async () => {
      const property = fc.asyncProperty(lives, async (steps) => {
        const story: string[] = [];
        const people = [new Life(service, story), new Life(service, story)];
        for (const step of steps) await people[step.who].take(step);
        for (const life of people) {
          await life.settle();
          const { user, attempts } = life.model;
          expect(await life.rows()).toEqual({ users: user ? 1 : 0, attempts: attempts.length });
        }
      });
      await fc.assert(property, randomRuns('MODEL', 30));
    },
    PATIENCE_MS,
  );
});
