import { EventEmitter } from 'node:events';
import { get } from 'node:http';
import { DevelopmentMailbox } from '../../src/mail/development-mailbox.js';
import { drain, queue } from '../support/outbox.js';
import { startApp, TestApp } from '../support/start-app.js';
import { until } from '../support/until.js';

describe('The development mailbox', () => {
  let service: TestApp;

  beforeAll(async () => {
    service = await startApp({ SMTP_URL: '' });
    await queue(service, 'ada@example.com', { name: '<script>alert(1)' });
    await drain(service);
    await queue(service, 'bob@example.com', { secret: '654321' });
  });
  afterAll(() => service.close());

  it('lists messages, newest first', async () => {
    const page = await service.api.get('/dev/mail');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain(
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'",
    );
    expect(page.body).toMatch(/654321 is your[^]*123456 is your/);
  });

  it('shows one message', async () => {
    const [, id] = /href="\.\.\/dev\/mail\/([\w-]{36})"/.exec((await service.api.get('/dev/mail')).body) ?? [];
    const page = await service.api.get(`/dev/mail/${id}`);
    expect(page.status).toBe(200);
    expect(page.body).toContain('srcdoc="&lt;!doctype html&gt;');
    expect(page.body).toContain('Auto-Submitted: auto-generated');
    expect(page.body).not.toContain('<script>');
    expect(page.body).toContain('sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"');
  });

  it('answers the newest text to an address', async () => {
    const answer = await service.api.get('/dev/mail/latest?to=Ada%40example.com');
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(answer.body.match(/\b\d{6}\b/g)).toEqual(['123456']);
    expect((await service.api.get('/dev/mail/latest')).body).toContain('654321');
    expect((await service.api.get('/dev/mail/latest?to=a&to=b')).status).toBe(404);
  });

  it('finds an address with a plus, escaped or not', async () => {
    await queue(service, 'ada+news@example.com', { secret: '777777' });
    for (const to of ['ada+news@example.com', 'ada%2Bnews%40example.com']) {
      expect((await service.api.get(`/dev/mail/latest?to=${to}`)).body).toContain('777777');
    }
  });

  /** The status of a request on this machine with these headers. */
  function statusWith(headers: Record<string, string>, { api }: TestApp = service): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const request = get(`${api.url}/dev/mail`, { headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      request.on('error', reject);
    });
  }

  it('answers on this machine alone, to a name of this machine, and to no proxy', async () => {
    for (const host of ['localhost', 'LOCALHOST:3000', '127.0.0.1:80', '[::1]:3000']) {
      expect([host, await statusWith({ host })]).toEqual([host, 200]);
    }
    for (const host of ['talk.example.com', 'localhost.example.com', '10.0.0.1', '127.0.0.1.example.com', '[::2]']) {
      expect([host, await statusWith({ host })]).toEqual([host, 404]);
    }
    for (const name of ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via']) {
      expect([name, await statusWith({ host: 'localhost', [name]: '127.0.0.1' })]).toEqual([name, 404]);
    }
    const open = await service.another({ DEV_PAGES: 'open' });
    expect(await statusWith({ host: 'talk.example.com', 'x-forwarded-for': '10.0.0.1' }, open)).toBe(200);
  });

  it('lets 20 clients of a network wait for messages, also with DEV_PAGES=open, and frees the places of those that leave', async () => {
    const open = await service.another({ SMTP_URL: '', DEV_PAGES: 'open', TRUST_PROXY: 'loopback' });
    await queue(open, 'ada@example.com');
    await drain(open);
    const [, newest] = /data-newest="([\w-]{36})"/.exec((await open.api.get('/dev/mail')).body) ?? [];
    const leaving = new AbortController();
    const wait = (network: string) =>
      fetch(`${open.api.url}/dev/mail/changes?after=${newest}`, {
        headers: { 'x-forwarded-for': network },
        signal: leaving.signal,
      });
    const own = Array.from({ length: 21 }, (_, i) => wait(`2001:db8:1:${i}::1`));
    const refused = await Promise.race(own);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    const elsewhere = await Promise.race([wait('203.0.113.7'), drain(open).then(() => 'waits')]);
    expect(elsewhere).toBe('waits');
    leaving.abort();
    await Promise.allSettled(own);
    const again = () => open.api.with({ 'x-forwarded-for': '2001:db8:1::1' }).get(`/dev/mail/changes?after=${newest}`);
    await until(async () => {
      const answer = again();
      await queue(open, 'bob@example.com');
      await drain(open);
      return (await answer).status === 200;
    });
  });

  it('responds 404 for unknown messages', async () => {
    for (const path of ['/dev/mail/nothing', '/dev/mail/latest?to=nobody%40example.com']) {
      const { status, body } = await service.api.get(path);
      expect(status).toBe(404);
      expect(body).toMatchObject({ status: 'error', code: 'LETTER_NOT_FOUND' });
    }
  });

  it('replaces the mail server for a whole signup', async () => {
    const email = 'carol@example.com';
    await service.api.post('/auth/signup', { email, password: 'a password of hers', name: 'Carol' });
    const { body: text } = await service.api.get(`/dev/mail/latest?to=${encodeURIComponent(email)}`);
    const [code] = text.match(/\b\d{6}\b/);
    expect((await service.api.post('/auth/verify-email', { email, code })).status).toBe(200);
  });
});

it('is not there when a mail server is set', async () => {
  const service = await startApp();
  expect((await service.api.get('/dev/mail')).status).toBe(404);
  await service.close();
});

describe('Clients that wait for messages', () => {
  // Longer than the test may take, so that it fails where nothing ends them, and shorter than a run would wait for their timers.
  const LONG_MS = 20_000;

  it('are 100 at most in all networks; each leaves its place when it hangs up, and all when the service stops', async () => {
    const mailbox = new DevelopmentMailbox();
    const waiting = Array.from({ length: 100 }, (_, i) => {
      const connection = new EventEmitter();
      return { connection, ended: mailbox.waitForChange(LONG_MS, `203.0.113.${i}`, connection) };
    });
    const wait = () => mailbox.waitForChange(LONG_MS, '2001:db8::1', new EventEmitter());
    await expect(wait()).rejects.toMatchObject({ code: 'OVERLOADED' });
    waiting[0].connection.emit('close');
    await waiting[0].ended;
    const last = wait();
    mailbox.endWaiting();
    await Promise.all([last, ...waiting.map(({ ended }) => ended)]);
    await wait();
  }, 10_000);
});
