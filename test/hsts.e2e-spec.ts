import { loadEnv } from '../src/config/load-env.js';

const YEAR_SECONDS = 365 * 24 * 60 * 60;
const PRODUCTION = {
  NODE_ENV: 'production',
  SMTP_URL: 'smtp://mail.example.com',
  APP_SECRET: 'x'.repeat(32),
  PUBLIC_URL: 'https://api.example.com',
  MAIL_FROM: 'Talkstack <no-reply@example.com>',
};

describe('Strict-Transport-Security', () => {
  it('is sent in production behind an https PUBLIC_URL, or as HSTS says', () => {
    expect(loadEnv(PRODUCTION).hstsSeconds).toBe(YEAR_SECONDS);
    expect(
      loadEnv({ ...PRODUCTION, ALLOW_HTTP: '1', PUBLIC_URL: 'http://api.example.com' }).hstsSeconds,
    ).toBeUndefined();
    expect(loadEnv({ PUBLIC_URL: PRODUCTION.PUBLIC_URL }).hstsSeconds).toBeUndefined();
    expect(loadEnv({ ...PRODUCTION, HSTS: 'off' }).hstsSeconds).toBeUndefined();
    expect(loadEnv({ HSTS: 'on' }).hstsSeconds).toBe(YEAR_SECONDS);
    expect(loadEnv({ HSTS: '0' }).hstsSeconds).toBe(0);
  });
});
