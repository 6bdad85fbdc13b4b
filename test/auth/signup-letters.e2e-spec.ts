import { ApiAnswer } from '../support/api-client.js';
import { enterCode } from '../support/codes.js';
import { drain } from '../support/outbox.js';
import { newAddress, PASSWORD, signUp } from '../support/people.js';
import { startApp, TestApp } from '../support/start-app.js';

const MINUTE_MS = 60_000;

describe('The message of a signup', () => {
  let service: TestApp;
  beforeAll(async () => (service = await startApp()));
  afterAll(() => service.close());

  it('does not delay the response while the mail server is slow', async () => {
    const release = service.mailbox.hold();
    const email = newAddress();
    expect((await signUp(service, email)).body.signupStatus).toBe(3);
    expect(service.mailbox.to(email)).toEqual([]);
    release();
    expect((await enterCode(service, email, await service.mailbox.nextCode(email))).status).toBe(200);
  });

  it('is sent later when the mail server is away, and the response says so', async () => {
    const [early, late, twice] = [newAddress(), newAddress(), newAddress()];
    await service.mailbox.close();
    expect((await signUp(service, early)).body.signupStatus).toBe(3);
    await drain(service);
    const { status, body } = await signUp(service, late);
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'success', signupStatus: 6, user: { email: late } });
    for (let i = 0; i < 2; i += 1) expect((await signUp(service, twice)).body.signupStatus).toBe(6);
    await drain(service);

    await service.mailbox.open();
    service.clock.advance(2 * MINUTE_MS);
    for (const email of [early, late]) {
      expect((await enterCode(service, email, await service.mailbox.nextCode(email))).status).toBe(200);
    }
    expect((await service.api.as(body).get('/user/me')).status).toBe(200);
    await drain(service);
    expect((await signUp(service)).body.signupStatus).toBe(3);
    expect((await signUp(service, twice)).body.signupStatus).toBe(2);
  });

  it('says 6 on every instance, and no longer once one of them delivered again', async () => {
    const other = await service.another();
    await service.mailbox.close();
    await signUp(service);
    await drain(service);
    expect((await signUp(other)).body.signupStatus).toBe(6);
    await service.mailbox.open();
    service.clock.advance(2 * MINUTE_MS);
    await drain(other);
    await drain(service);
    for (const instance of [service, other]) expect((await signUp(instance)).body.signupStatus).toBe(3);
  });

  it('does not delay other messages when one address is refused', async () => {
    const refused = newAddress('refused');
    service.mailbox.refuseRecipient = (address) => (address === refused ? { code: 550, text: 'no such user' } : null);
    await signUp(service, refused);
    await drain(service);
    expect((await signUp(service)).body.signupStatus).toBe(3);
  });
});

describe('The name of a signup', () => {
  let service: TestApp;
  beforeAll(async () => (service = await startApp()));
  afterAll(() => service.close());

  const signUpAs = (name: string, email = newAddress()): Promise<ApiAnswer> => signUp(service, email, PASSWORD, name);

  it.each([
    'Zoë O’Brien-Łukasz',
    '山田 太郎',
    'ليلى',
    'Ada 👩‍🚀',
    'A',
    'x'.repeat(100),
    '🦊'.repeat(100),
    "Robert'); DROP TABLE users;--",
  ])('may be %s', async (name) => {
    const email = newAddress();
    expect(await signUpAs(`  ${name}\t`, email)).toMatchObject({ status: 200, body: { user: { name } } });
    const { body } = await enterCode(service, email, await service.mailbox.nextCode(email));
    expect(body.userData.name).toBe(name);
  });

  it.each([
    ['more than 100 characters', ['x'.repeat(101), '🦊'.repeat(101)]],
    ['control characters', ['A\0da', 'A\x07da', 'A\tda', 'A\x1bda', 'A\x7fda', 'A\u0085da']],
    ['line breaks', ['Ada\nEve', 'Ada\rEve', 'Ada\r\nBcc: eve@example.com', 'A\u2028da', 'A\u2029da']],
    ['marks that turn the writing direction', ['\u202eadA', 'A\u202dda', 'A\u2066da', 'A\u2069da', 'A\u202a']],
    ['halves of characters', ['A\ud83dda', 'A\udc00da']],
  ])('has no %s', async (_, names) => {
    for (const name of names) {
      const answer = await signUpAs(name);
      expect(answer).toMatchObject({ status: 400, body: { code: 'NAME_INVALID', signupStatus: 4 } });
      expect(answer.body.errors).toEqual([{ field: 'name', message: expect.any(String) }]);
    }
  });

  it.each([
    '<img src=x onerror=alert(1)>',
    '<b>Ada</b>',
    '"><script>alert(1)</script>',
    '{{code}} {{{code}}}',
    '=?utf-8?q?Ada?=',
    'Click https://evil.example now',
    'evil.example',
    '%0d%0aBcc: eve@example.com',
  ])('cannot write into the letter: %s', async (name) => {
    const email = newAddress();
    await signUpAs(name, email);
    const letter = await service.mailbox.next(email);
    const [head] = letter.raw.split('\r\n\r\n');
    for (const part of ['Bcc', 'eve@', 'evil', 'Ada', '<img', 'script']) expect(head).not.toContain(part);
    expect(letter.email.to).toEqual([{ address: email, name: '' }]);
    expect(letter.email.cc ?? letter.email.bcc).toBeUndefined();
    expect(letter.html).not.toMatch(/<(img|b|script)\b/);
    expect(letter.html + letter.text).not.toMatch(/evil|https:\/\/(?!talkstack\.test)/);
    if (name.startsWith('{{')) expect(letter.text).toContain('Hello,');
    await drain(service);
    expect(service.mailbox.to('eve@example.com')).toEqual([]);
  });
});
