import { drain, queue } from '../support/outbox.js';
import { startApp, TestApp } from '../support/start-app.js';

describe('The development mailbox', () => {
  let service: TestApp;

  beforeAll(async () => {
    service = await startApp({ SMTP_URL: '' });
    await queue(service, 'ada@example.com', { name: '<script>alert(1)' });
    await drain(service);
    await queue(service, 'bob@example.com', { secret: '654321' });
  });
  afterAll(() => service.close());

  it('lists letters, newest first', async () => {
    const page = await service.api.get('/dev/mail');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; style-src 'unsafe-inline'");
    expect(page.body).toMatch(/654321 is your[^]*123456 is your/);
  });

  it('shows one letter', async () => {
    const [, id] = /href="\/dev\/mail\/([\w-]+)"/.exec((await service.api.get('/dev/mail')).body) ?? [];
    const page = await service.api.get(`/dev/mail/${id}`);
    expect(page.status).toBe(200);
    expect(page.body).toContain('srcdoc="&lt;!doctype html&gt;');
    expect(page.body).toContain('Auto-Submitted: auto-generated');
    expect(page.body).not.toContain('<script>');
  });

  it('answers the newest text to an address', async () => {
    const answer = await service.api.get('/dev/mail/latest?to=Ada%40example.com');
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(answer.body.match(/\b\d{6}\b/g)).toEqual(['123456']);
    expect((await service.api.get('/dev/mail/latest')).body).toContain('654321');
    expect((await service.api.get('/dev/mail/latest?to=a&to=b')).status).toBe(404);
  });

  it('answers 404 for letters that are not there', async () => {
    for (const path of ['/dev/mail/nothing', '/dev/mail/latest?to=nobody%40example.com']) {
      const { status, body } = await service.api.get(path);
      expect(status).toBe(404);
      expect(body).toMatchObject({ status: 'error', code: 'LETTER_NOT_FOUND' });
    }
  });

  it('takes the place of the mail server for a whole signup', async () => {
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
