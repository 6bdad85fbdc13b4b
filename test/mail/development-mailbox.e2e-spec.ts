import { startMail } from './start-mail.js';

describe('The development mailbox', () => {
  let mail: Awaited<ReturnType<typeof startMail>>;
  const get = (url: string) => mail.app.inject({ method: 'GET', url });

  beforeAll(async () => {
    mail = await startMail();
    await mail.queue({ name: '<script>alert(1)' });
    await mail.queue({ recipient: 'bob@example.com', secret: '654321' });
  });
  afterAll(() => mail.close());

  it('lists letters, newest first', async () => {
    const page = await get('/dev/mail');
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'; style-src 'unsafe-inline'");
    expect(page.body).toMatch(/654321 is your[^]*123456 is your/);
  });

  it('shows one letter', async () => {
    const [, id] = /href="\/dev\/mail\/([\w-]+)"/.exec((await get('/dev/mail')).body) ?? [];
    const page = await get(`/dev/mail/${id}`);
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('srcdoc="&lt;!doctype html&gt;');
    expect(page.body).toContain('Auto-Submitted: auto-generated');
    expect(page.body).not.toContain('<script>');
  });

  it('answers the newest text to an address', async () => {
    const answer = await get('/dev/mail/latest?to=Ada%40example.com');
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(answer.body.match(/\b\d{6}\b/g)).toEqual(['123456']);
    expect((await get('/dev/mail/latest')).body).toContain('654321');
    expect((await get('/dev/mail/latest?to=a&to=b')).statusCode).toBe(404);
  });

  it('answers 404 for letters that are not there', async () => {
    for (const url of ['/dev/mail/nothing', '/dev/mail/latest?to=nobody%40example.com']) {
      const answer = await get(url);
      expect(answer.statusCode).toBe(404);
      expect(answer.json()).toMatchObject({ status: 'error', code: 'LETTER_NOT_FOUND' });
    }
  });
});

it('is not there when a mail server is set', async () => {
  const mail = await startMail({ SMTP_URL: 'smtp://127.0.0.1:1' });
  expect((await mail.app.inject({ method: 'GET', url: '/dev/mail' })).statusCode).toBe(404);
  await mail.close();
});
