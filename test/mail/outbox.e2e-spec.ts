import { MailServer, startMail, until } from './start-mail.js';

type Mail = Awaited<ReturnType<typeof startMail>>;

describe('The outbox', () => {
  const server = new MailServer();
  let mail: Mail;

  beforeEach(async () => {
    Object.assign(server, { raw: [], envelopes: [], refuse: {}, hold: undefined, port: 0 });
    await server.start();
    mail = await startMail({ SMTP_URL: `smtp://127.0.0.1:${server.port}` });
  });

  afterEach(async () => {
    await mail.close();
    await server.stop();
  });

  it('sends a letter once it is committed, wipes its secret, and never sends it again', async () => {
    await mail.queue();
    await mail.outbox.drain();
    const [letter] = await mail.letters();
    expect(letter).toMatchObject({ state: 'sent', secret: null, tries: 1, serverFailed: false, leaseOwner: null });
    const [email] = await server.parsed();
    expect(email.subject).toBe('123456 is your Talkstack code');
    expect(email.from).toMatchObject({ name: 'Talkstack', address: 'no-reply@talkstack.test' });
    expect(email.to).toEqual([{ name: '', address: 'ada@example.com' }]);
    expect(email.messageId).toBe(`<${letter.id}@talkstack.test>`);
    expect(new Date(email.date ?? '').getTime()).toBe(Math.floor(letter.createdAt.getTime() / 1000) * 1000);
    expect(email.headers).toContainEqual(expect.objectContaining({ key: 'auto-submitted', value: 'auto-generated' }));
    expect(email.text).toContain('Hello Ada Lovelace,');
    expect(email.text).toContain('123456');
    expect(email.html).toContain('123456');
    expect(email.text).toContain('The code works for 15 minutes.');
    mail.clock.forward(600_000);
    await mail.outbox.drain();
    expect(server.raw).toHaveLength(1);
  });

  it('sends nothing when the unit of work is undone', async () => {
    await expect(
      mail.database.write(async (transaction) => {
        await mail.mail.queue(transaction, {
          kind: 'verification-code',
          recipient: 'a@b.example',
          name: 'A',
          secret: '1',
          usefulUntil: mail.clock.in(1000),
        });
        throw new Error('undone');
      }),
    ).rejects.toThrow('undone');
    await mail.outbox.drain();
    expect(server.raw).toHaveLength(0);
    expect(await mail.letters()).toHaveLength(0);
  });

  it('finds letters that nobody announced, and sends a burst once each', async () => {
    for (let i = 0; i < 30; i += 1) await mail.queue({ recipient: `user${i}@example.com` });
    await until(() => server.raw.length >= 30);
    await mail.outbox.drain();
    expect(new Set(server.envelopes.map((envelope) => envelope.to[0])).size).toBe(30);
    expect(server.raw).toHaveLength(30);
  });

  it('keeps letters while the mail server is away, says so, and sends them when it is back', async () => {
    await server.stop();
    expect(await mail.isFailing()).toBe(false);
    await mail.queue({ recipient: 'first@example.com' });
    await mail.outbox.drain();
    expect(await mail.isFailing()).toBe(true);
    const [letter] = await mail.letters();
    expect(letter).toMatchObject({ state: 'queued', tries: 1, serverFailed: true });
    expect(letter.lastError).toMatch(/ECONNREFUSED/);
    await server.start();
    await mail.queue({ recipient: 'second@example.com' });
    await mail.outbox.drain();
    expect(server.raw).toHaveLength(2);
    expect(await mail.isFailing()).toBe(false);
  });

  it('tries again after a temporary refusal of the text', async () => {
    server.refuse = { data: [[451, 'Try 123456 for ada@example.com later']] };
    await mail.queue();
    await mail.outbox.drain();
    const [waiting] = await mail.letters();
    expect(waiting).toMatchObject({ state: 'queued', serverFailed: true, lastError: '451 Try [...] for [...] later' });
    mail.clock.forward(90_000);
    await mail.outbox.drain();
    expect((await mail.letters())[0]).toMatchObject({ state: 'sent', tries: 2 });
    expect(server.raw).toHaveLength(1);
  });

  it.each([
    ['rcpt', 550, 'dead', false],
    ['rcpt', 450, 'queued', false],
    ['rcpt', 421, 'queued', true],
    ['mail', 451, 'queued', true],
    ['mail', 550, 'queued', true],
    ['data', 554, 'dead', false],
  ] as const)('after a refusal at %s with %i the letter is %s', async (stage, code, state, serverFailed) => {
    server.refuse = { [stage]: [[code, 'no']] };
    await mail.queue();
    await mail.outbox.drain();
    const [letter] = await mail.letters();
    expect(letter).toMatchObject({ state, serverFailed, tries: 1 });
    expect(letter.secret === null).toBe(state === 'dead');
    expect(await mail.isFailing()).toBe(serverFailed);
  });

  it('does not send a letter that is of no use any more', async () => {
    await server.stop();
    await mail.queue();
    await mail.outbox.drain();
    await server.start();
    mail.clock.forward(16 * 60_000);
    await mail.outbox.drain();
    expect((await mail.letters())[0]).toMatchObject({ state: 'dead', lastError: 'expired', secret: null });
    expect(server.raw).toHaveLength(0);
  });

  it('tells the time left in a letter that was late', async () => {
    server.refuse = { data: [[451, 'later']] };
    await mail.queue();
    await mail.outbox.drain();
    mail.clock.forward(5 * 60_000);
    await mail.outbox.drain();
    expect((await server.parsed())[0].text).toContain('The code works for 10 minutes.');
  });

  it('waits for a late last word without sending again, even from another instance', async () => {
    let release = (): void => undefined;
    server.hold = new Promise((resolve) => (release = resolve));
    const second = await mail.open();
    await mail.queue();
    await until(() => server.raw.length === 1);
    const closed = mail.app.close();
    let isClosed = false;
    void closed.then(() => (isClosed = true));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(isClosed).toBe(false);
    release();
    await closed;
    expect(server.raw).toHaveLength(1);
    await second.close();
    mail = await startMail();
  });

  it('keeps names out of headers and markup', async () => {
    const names = ['Ada\r\nBcc: x@y.z <b>', '<b>Ada & "Bob"</b>', 'Ada {{subject}}', 'Win at https://evil.example'];
    for (const name of names) await mail.queue({ name });
    await mail.outbox.drain();
    const emails = await server.parsed();
    expect(emails).toHaveLength(names.length);
    for (const email of emails) {
      expect(email.bcc).toBeUndefined();
      expect(email.to).toEqual([{ name: '', address: 'ada@example.com' }]);
      expect(email.html).not.toMatch(/<b>|evil/);
      expect(email.text).not.toMatch(/evil|\nBcc/);
    }
    expect(server.envelopes.flatMap((envelope) => envelope.to)).toEqual(names.map(() => 'ada@example.com'));
    expect(emails.some((email) => email.text?.includes('Hello Ada {{subject}},'))).toBe(true);
  });

  it('shares the letters of one database with other instances, each sent once', async () => {
    const second = await mail.open();
    for (let i = 0; i < 40; i += 1) await mail.queue({ recipient: `user${i}@example.com` });
    await until(async () => (await mail.letters()).every((letter) => letter.state === 'sent'));
    expect(server.raw).toHaveLength(40);
    await second.close();
  });

  it('takes over a letter whose worker died, when the lease ends', async () => {
    await mail.queue({ usefulUntil: mail.clock.in(3600_000), recipient: 'lost@example.com', isVoid: true });
    await mail.database.write(({ manager }) =>
      manager
        .query(`UPDATE letters SET state = 'queued', kind = 'password-changed'`)
        .then(() =>
          manager.update(
            'Letter',
            { state: 'queued' },
            { leaseOwner: 'dead-worker', leasedUntil: mail.clock.in(60_000) },
          ),
        ),
    );
    await mail.outbox.drain();
    expect(server.raw).toHaveLength(0);
    mail.clock.forward(61_000);
    await mail.outbox.drain();
    expect(server.raw).toHaveLength(1);
  });

  it('never sends a void letter', async () => {
    await mail.queue({ isVoid: true });
    await mail.outbox.drain();
    expect((await mail.letters())[0]).toMatchObject({ state: 'void', secret: null });
    expect(server.raw).toHaveLength(0);
  });

  it('forgets an address, and purges what is settled and old', async () => {
    await mail.queue();
    await mail.queue({ recipient: 'bob@example.com' });
    await mail.outbox.drain();
    await mail.database.write((transaction) => mail.mail.forget(transaction, 'ada@example.com'));
    expect((await mail.letters()).map((letter) => letter.recipient)).toEqual(['bob@example.com']);
    expect(await mail.mail.purge(mail.clock.in(-1000))).toBe(0);
    expect(await mail.mail.purge(mail.clock.in(1000))).toBe(1);
    expect(await mail.letters()).toHaveLength(0);
  });

  it('never keeps a secret in clear', async () => {
    await server.stop();
    await mail.queue({ kind: 'password-reset', secret: 'a-very-secret-token' });
    await mail.outbox.drain();
    expect(JSON.stringify(await mail.letters())).not.toContain('a-very-secret-token');
    await server.start();
  });

  it('writes every kind of letter', async () => {
    const usefulUntil = mail.clock.in(60 * 60_000);
    await mail.queue({ kind: 'password-reset', secret: 'token_1-2', usefulUntil });
    for (const kind of ['password-changed', 'account-exists', 'session-stolen'] as const) {
      await mail.queue({ kind, secret: undefined });
    }
    await mail.queue({ kind: 'api-key-created', secret: undefined, params: { prefix: '1a2b3c4d' } });
    await mail.outbox.drain();
    const emails = await server.parsed();
    expect(emails).toHaveLength(5);
    const reset = emails.find((email) => email.subject === 'Reset your Talkstack password');
    expect(reset?.text).toContain('\nhttps://api.talkstack.test/reset-password#token=token_1-2\n');
    expect(reset?.html).toContain('href="https://api.talkstack.test/reset-password#token&#x3D;token_1-2"');
    expect(reset?.text).toContain('for 60 minutes');
    expect(emails.some((email) => email.text?.includes('It begins with 1a2b3c4d.'))).toBe(true);
  });
});

it('counts a refused login as the mail server failing', async () => {
  const server = new MailServer();
  await server.start({
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: (_auth, _session, done) => done(Object.assign(new Error('no'), { responseCode: 535 })),
  });
  const mail = await startMail({ SMTP_URL: `smtp://user:pass@127.0.0.1:${server.port}` });
  await mail.queue();
  await mail.outbox.drain();
  expect((await mail.letters())[0]).toMatchObject({ state: 'queued', serverFailed: true });
  await mail.close();
  await server.stop();
});
