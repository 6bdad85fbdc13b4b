import { Database } from '../../src/database/database.js';
import { Transaction } from '../../src/database/transaction.js';
import { Letter } from '../../src/mail/letter.entity.js';
import { MailService } from '../../src/mail/mail.service.js';
import { drain, forgetLetters, letterRow, letterRows, letterTo, queue, UNHURRIED } from '../support/outbox.js';
import { newAddress } from '../support/people.js';
import { startApp, TestApp } from '../support/start-app.js';
import { TestMailbox } from '../support/test-mailbox.js';

let service: TestApp;
beforeAll(async () => {
  service = await startApp({ ...UNHURRIED, MAIL_FROM: 'Talkstack <no-reply@talkstack.test>' });
});
afterEach(() => forgetLetters(service));
afterAll(() => service.close());

const isFailing = () => service.app.get(MailService).isFailing(service.app.get(Database).reader.manager);

/** Queues a letter and waits for the first try at it. */
async function send(...letter: Parameters<typeof queue> extends [TestApp, ...infer Rest] ? Rest : never) {
  await queue(service, ...letter);
  await drain(service);
}

/** Queues a letter in a unit of work whose end nobody hears of, as when the process dies after it. */
async function queueSilently(recipient: string) {
  const letter = letterTo(service, recipient);
  const mail = service.app.get(MailService);
  await service.app.get(Database).write(({ manager }) => mail.queue(new Transaction(manager), letter));
}

describe('The outbox', () => {
  it('sends a message after the commit, wipes its secret, and never sends it again', async () => {
    const ada = newAddress();
    await send(ada);
    const row = await letterRow(service, ada);
    expect(row).toMatchObject({ state: 'sent', secret: null, tries: 1, serverFailed: false, leaseOwner: null });
    const { email } = await service.mailbox.next(ada);
    expect(email.subject).toBe('123456 is your Talkstack code');
    expect(email.from).toMatchObject({ name: 'Talkstack', address: 'no-reply@talkstack.test' });
    expect(email.to).toEqual([{ name: '', address: ada }]);
    expect(email.messageId).toBe(`<${row.id}@talkstack.test>`);
    expect(new Date(email.date ?? '').getTime()).toBe(Math.floor(row.createdAt.getTime() / 1000) * 1000);
    expect(email.headers).toContainEqual(expect.objectContaining({ key: 'auto-submitted', value: 'auto-generated' }));
    expect(email.text).toContain('Hello Ada Lovelace,');
    expect(email.text).toContain('123456');
    expect(email.html).toContain('123456');
    expect(email.text).toContain('The code works for 15 minutes.');
    service.clock.advance(600_000);
    await drain(service);
    expect(service.mailbox.to(ada)).toHaveLength(1);
  });

  it('sends nothing when the unit of work is undone', async () => {
    const ada = newAddress();
    const undone = service.app.get(Database).write(async (transaction) => {
      await service.app.get(MailService).queue(transaction, letterTo(service, ada));
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await drain(service);
    expect(service.mailbox.to(ada)).toHaveLength(0);
    expect(await letterRows(service, ada)).toHaveLength(0);
  });

  it('keeps messages while the mail server is away, says so, and sends all as soon as one is accepted', async () => {
    const [first, second] = [newAddress(), newAddress()];
    await service.mailbox.close();
    expect(await isFailing()).toBe(false);
    await send(first);
    expect(await isFailing()).toBe(true);
    const row = await letterRow(service, first);
    expect(row).toMatchObject({ state: 'queued', serverFailed: true });
    expect(row.lastError).toMatch(/ECONNREFUSED/);
    await service.mailbox.open();
    await send(second);
    expect([first, second].map((address) => service.mailbox.to(address).length)).toEqual([1, 1]);
    expect(await isFailing()).toBe(false);
  });

  it('keeps the mail server’s words about a failure, without the code and the address', async () => {
    const ada = newAddress();
    service.mailbox.refuseLetter = () => ({ code: 451, text: `Try 123456 for ${ada} later` });
    await send(ada);
    expect(await letterRow(service, ada)).toMatchObject({
      state: 'queued',
      serverFailed: true,
      lastError: '451 Try [...] for [...] later',
    });
  });

  it.each([
    ['recipient', 550, 'dead', false],
    ['recipient', 554, 'queued', true],
    ['recipient', 450, 'queued', false],
    ['recipient', 421, 'queued', true],
    ['sender', 451, 'queued', true],
    ['sender', 550, 'queued', true],
    ['letter', 451, 'queued', true],
    ['letter', 554, 'dead', false],
  ] as const)('after a refusal of the %s with %i the letter is %s', async (stage, code, state, serverFailed) => {
    const ada = newAddress();
    const refuse = () => ({ code, text: 'no' });
    if (stage === 'recipient') service.mailbox.refuseRecipient = refuse;
    if (stage === 'sender') service.mailbox.refuseSender = refuse;
    if (stage === 'letter') service.mailbox.refuseLetter = refuse;
    await send(ada);
    const row = await letterRow(service, ada);
    expect(row).toMatchObject({ state, serverFailed });
    expect(row.secret === null).toBe(state === 'dead');
    expect(await isFailing()).toBe(serverFailed);
    expect(service.mailbox.to(ada)).toHaveLength(0);
  });

  it('tells the remaining time in a late message', async () => {
    const ada = newAddress();
    service.mailbox.refuseLetter = () => ({ code: 451, text: 'later' });
    await send(ada);
    service.mailbox.refuseLetter = () => null;
    service.clock.advance(5 * 60_000);
    await drain(service);
    expect((await service.mailbox.next(ada)).text).toContain('The code works for 10 minutes.');
  });

  it('takes over a message of a dead worker when the lease ends', async () => {
    const ada = newAddress();
    const lease = { leaseOwner: 'a worker that is gone', leasedUntil: service.clock.in(60_000) };
    await queueSilently(ada);
    await service.app.get(Database).write(({ manager }) => manager.update(Letter, { recipient: ada }, lease));
    await drain(service);
    expect(service.mailbox.to(ada)).toHaveLength(0);
    service.clock.advance(61_000);
    await drain(service);
    expect(service.mailbox.to(ada)).toHaveLength(1);
  });

  it('never sends a void message', async () => {
    const ada = newAddress();
    await send(ada, { isVoid: true });
    expect(await letterRow(service, ada)).toMatchObject({ state: 'void', secret: null });
    expect(service.mailbox.to(ada)).toHaveLength(0);
  });

  it('forgets an address', async () => {
    const [ada, bob] = [newAddress(), newAddress('bob')];
    await send(ada);
    await send(bob);
    await service.app.get(Database).write((transaction) => service.app.get(MailService).forget(transaction, ada));
    expect(await letterRows(service, ada)).toHaveLength(0);
    expect(await letterRows(service, bob)).toHaveLength(1);
  });

  it('finds messages without being notified', async () => {
    const ada = newAddress();
    const prompt = await service.another({ MAIL_POLL_MS: '10' });
    await queueSilently(ada);
    expect((await service.mailbox.next(ada)).subject).toContain('123456');
    await prompt.close();
  });
});

describe('A letter', () => {
  it('keeps names out of headers and markup', async () => {
    const ada = newAddress();
    const names = ['Ada\r\nBcc: x@y.z <b>', '<b>Ada & "Bob"</b>', 'Ada {{subject}}', 'Win at https://evil.example'];
    for (const name of names) await queue(service, ada, { name });
    await drain(service);
    const letters = service.mailbox.to(ada);
    expect(letters).toHaveLength(names.length);
    for (const { email } of letters) {
      expect(email.bcc).toBeUndefined();
      expect(email.to).toEqual([{ name: '', address: ada }]);
      expect(email.html).not.toMatch(/<b>|evil/);
      expect(email.text).not.toMatch(/evil|\nBcc/);
    }
    expect(service.mailbox.to('x@y.z')).toHaveLength(0);
    expect(letters.every(({ text }) => text.startsWith('Hello,'))).toBe(true);
  });

  it('can be rendered in every kind', async () => {
    const ada = newAddress();
    await queue(service, ada, { kind: 'password-reset', secret: 'token_1-2', usefulUntil: service.clock.in(3600_000) });
    for (const kind of ['password-changed', 'account-exists', 'session-stolen'] as const) {
      await queue(service, ada, { kind, secret: undefined });
    }
    await queue(service, ada, { kind: 'api-key-created', secret: undefined, params: { prefix: '1a2b3c4d' } });
    await drain(service);
    const letters = service.mailbox.to(ada);
    expect(letters.map(({ subject }) => subject).sort()).toEqual([
      'A new Talkstack API key was created',
      'Reset your Talkstack password',
      'We signed out one of your Talkstack sessions',
      'You already have a Talkstack account',
      'Your Talkstack password was changed',
    ]);
    const reset = letters.find(({ subject }) => subject === 'Reset your Talkstack password');
    expect(reset?.text).toContain('\nhttps://talkstack.test/reset-password#token=token_1-2\n');
    expect(reset?.html).toContain('href="https://talkstack.test/reset-password#token&#x3D;token_1-2"');
    expect(reset?.text).toContain('for 60 minutes');
    expect(letters.some(({ text }) => text.includes('It begins with 1a2b3c4d.'))).toBe(true);
  });
});

it('counts a refused login as the mail server failing', async () => {
  const guarded = new TestMailbox();
  guarded.refuseLogin = { code: 535, text: 'wrong password' };
  await guarded.open();
  const locked = await startApp({ ...UNHURRIED, SMTP_URL: guarded.url.replace('//', '//service:wrong@') });
  await queue(locked, 'ada@example.com');
  await drain(locked);
  expect(await letterRow(locked, 'ada@example.com')).toMatchObject({
    state: 'queued',
    serverFailed: true,
    lastError: '535 wrong password',
  });
  await locked.close();
  await guarded.close();
});
