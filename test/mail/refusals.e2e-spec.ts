import { drain, forgetLetters, letterRow, UNHURRIED } from '../support/outbox.js';
import { newAddress, signUp } from '../support/people.js';
import { startApp, TestApp } from '../support/start-app.js';

const SUCCESS = 3;
const EMAIL_NOT_SENT = 6;

describe('A mail server that refuses', () => {
  let service: TestApp;
  beforeAll(async () => (service = await startApp(UNHURRIED)));
  afterEach(() => forgetLetters(service));
  afterAll(() => service.close());

  /** Signs somebody up while the server answers like this; the address. */
  async function signUpWhileRefusing(stage: 'recipient' | 'letter', reply: string): Promise<string> {
    const email = newAddress();
    const [code, text] = [Number(reply.slice(0, 3)), reply.slice(4)];
    if (stage === 'recipient') service.mailbox.refuseRecipient = () => ({ code, text });
    else service.mailbox.refuseLetter = () => ({ code, text });
    await signUp(service, email);
    await drain(service);
    return email;
  }

  it.each([
    ['recipient', '554 5.7.1 relay denied'],
    ['recipient', '550 5.7.1 authentication required'],
    ['recipient', '550 5.4.5 daily sending quota exceeded'],
    ['recipient', '550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain'],
    ['recipient', '553 sorry, that domain is not in my list of allowed rcpthosts (#5.7.1)'],
    ['recipient', '550 relay not permitted'],
    ['recipient', '553 5.1.8 sender address rejected: domain not found'],
    ['recipient', '530 authentication required'],
    ['recipient', '535 wrong password'],
    ['letter', '550 5.4.5 daily user sending limit exceeded'],
    ['letter', '530 5.7.0 authentication required'],
    ['letter', '550 5.3.2 system not accepting network messages'],
  ] as const)(
    'every %s with “%s” is failing: the letter waits, and arrives when that is mended',
    async (stage, reply) => {
      const email = await signUpWhileRefusing(stage, reply);
      expect(await letterRow(service, email)).toMatchObject({ state: 'queued', serverFailed: true, tries: 1 });
      expect((await signUp(service)).body.signupStatus).toBe(EMAIL_NOT_SENT);
      await drain(service);
      service.mailbox.refuseRecipient = service.mailbox.refuseLetter = () => null;
      service.clock.advance(2 * 60_000);
      await drain(service);
      expect(service.mailbox.to(email)).toHaveLength(1);
      expect((await signUp(service)).body.signupStatus).toBe(SUCCESS);
    },
  );

  it.each([
    ['recipient', '550 5.1.1 no such user'],
    ['recipient', '552 5.2.2 mailbox over quota'],
    ['recipient', '550 no such user here'],
    ['recipient', '551 user not local'],
    ['letter', '554 5.6.0 the message is malformed'],
    ['letter', '552 5.3.4 message too big'],
  ] as const)('one %s with “%s” buries that letter alone, and nobody is told of trouble', async (stage, reply) => {
    const email = await signUpWhileRefusing(stage, reply);
    expect(await letterRow(service, email)).toMatchObject({ state: 'dead', serverFailed: false, secret: null });
    service.mailbox.refuseRecipient = service.mailbox.refuseLetter = () => null;
    expect((await signUp(service)).body.signupStatus).toBe(SUCCESS);
  });
});
