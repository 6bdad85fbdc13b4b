import { ApiAnswer } from '../support/api-client.js';
import { enterCode, wrongCodes } from '../support/codes.js';
import { join, newAddress, signUp } from '../support/people.js';
import { statementsOf } from '../support/query-log.js';
import { NO_POLLS, startApp, TestApp } from '../support/start-app.js';

const STRANGERS_PASSWORD = 'a stranger chose this one';
const NEW_PASSWORD = 'seven quiet lighthouses';
/** Tables that only requests use; of the messages, what a request writes. Workers ask for the others in their own time. */
const OF_THE_REQUEST =
  /\b(users|signup_attempts|sessions|address_limits|counters|reset_tokens|audit_events)\b|INSERT INTO .letters/;

/** TypeORM writes numbers into its statements: how often an address was counted is no work. */
const withoutCounts = (statement: string) => statement.replace(/\b\d+\b/g, 'N');

describe('With ACCOUNT_DISCLOSURE=hidden, the database is asked the same of every address', () => {
  let service: TestApp;
  let people: Record<'known' | 'pending' | 'unknown', string>;
  beforeAll(async () => (service = await startApp({ ACCOUNT_DISCLOSURE: 'hidden', ...NO_POLLS })));
  beforeEach(async () => {
    people = { known: (await join(service)).email, pending: newAddress(), unknown: newAddress() };
    await signUp(service, people.pending);
    await service.mailbox.nextCode(people.pending);
  });
  afterAll(() => service.close());

  /** Asks the same of all three addresses and compares statement by statement; returns the answers. */
  async function expectSameStatements(ask: (email: string) => Promise<ApiAnswer>): Promise<ApiAnswer[]> {
    const [answers, asked]: [ApiAnswer[], string[][]] = [[], []];
    for (const email of [people.known, people.pending, people.unknown]) {
      const statements = await statementsOf(service, async () => answers.push(await ask(email)));
      asked.push(statements.filter((statement) => OF_THE_REQUEST.test(statement)).map(withoutCounts));
    }
    expect(asked[0]).toEqual(asked[2]);
    expect(asked[1]).toEqual(asked[2]);
    expect(asked[2].length).toBeGreaterThan(0);
    return answers;
  }

  const strangersSignUp = (email: string) => signUp(service, email, STRANGERS_PASSWORD, 'Eve');

  it('for a signup, until there are so many that one has to go, and beyond', async () => {
    for (let i = 0; i < 5; i += 1) {
      const answers = await expectSameStatements(strangersSignUp);
      expect(answers.map(({ status, body }) => [status, body.signupStatus])).toEqual(Array(3).fill([200, 3]));
    }
  });

  it('for a wrong code, with the token of a signup and without', async () => {
    const tokens = new Map<string, string>();
    for (const email of Object.values(people)) tokens.set(email, (await strangersSignUp(email)).body.token);
    for (const code of wrongCodes(7)) {
      await expectSameStatements((email) => enterCode(service, email, code));
      await expectSameStatements((email) => enterCode(service, email, code, tokens.get(email)));
    }
  });

  it('for a new code, with the token of a signup and without', async () => {
    const tokens = new Map<string, string>();
    for (const email of Object.values(people)) tokens.set(email, (await strangersSignUp(email)).body.token);
    service.clock.advance(61 * 60_000);
    const resend = (token?: string) => (email: string) =>
      service.api.as({ token }).post('/auth/resend-code', { email });
    for (let i = 0; i < 3; i += 1) {
      await expectSameStatements(resend());
      await expectSameStatements((email) => resend(tokens.get(email))(email));
      service.clock.advance(i * 61_000);
    }
  });

  it('for a reset link, sent and not sent', async () => {
    const forgot = (email: string) => service.api.post('/auth/forgot-password', { email });
    for (let i = 0; i < 3; i += 1) {
      await expectSameStatements(forgot);
      service.clock.advance(i * 61_000);
    }
  });

  it('for a reset with a made-up token', async () => {
    for (const email of Object.values(people)) await service.api.post('/auth/forgot-password', { email });
    const token = 'A'.repeat(43);
    const answers = await expectSameStatements((email) =>
      service.api.post('/auth/reset-password', { token, newPassword: NEW_PASSWORD, email }),
    );
    expect(answers.map(({ body }) => body.code)).toEqual(Array(3).fill('RESET_TOKEN_INVALID'));
  });

  it('for a wrong password', async () => {
    await expectSameStatements((email) => service.api.post('/auth/login', { email, password: STRANGERS_PASSWORD }));
  });
});
