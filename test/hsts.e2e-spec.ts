import { AddressSettings } from '../src/http/address.settings.js';
import { loadServiceSettings } from '../src/settings.js';

const YEAR_SECONDS = 365 * 24 * 60 * 60;
const PRODUCTION = {
  NODE_ENV: 'production',
  SMTP_URL: 'smtp://mail.example.com',
  APP_SECRET: 'x'.repeat(32),
  PUBLIC_URL: 'https://api.example.com',
  MAIL_FROM: 'Talkstack <no-reply@example.com>',
};

const hstsSeconds = (settings: Record<string, string>) =>
  loadServiceSettings(settings).get(AddressSettings).hstsSeconds;

describe('Strict-Transport-Security', () => {
  it('is sent in production behind an https PUBLIC_URL, or as HSTS says', () => {
    expect(hstsSeconds(PRODUCTION)).toBe(YEAR_SECONDS);
    expect(hstsSeconds({ ...PRODUCTION, ALLOW_HTTP: '1', PUBLIC_URL: 'http://api.example.com' })).toBeUndefined();
    expect(hstsSeconds({ PUBLIC_URL: PRODUCTION.PUBLIC_URL })).toBeUndefined();
    expect(hstsSeconds({ ...PRODUCTION, HSTS: 'off' })).toBeUndefined();
    expect(hstsSeconds({ HSTS: 'on' })).toBe(YEAR_SECONDS);
    expect(hstsSeconds({ HSTS: '0' })).toBe(0);
  });
});
