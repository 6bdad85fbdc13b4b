import { describe as describeFailure } from '../../src/mail/delivery-failure.js';
import { greeting, inWords, momentInWords } from '../../src/mail/letters.js';
import { MailServerSettings } from '../../src/config/mail-server.settings.js';
import { smtpUrl } from '../../src/mail/mail.transport.js';
import { loadServiceSettings } from '../../src/settings.js';

describe('The wording of letters', () => {
  it.each([
    ['Ada Lovelace', 'Hello Ada Lovelace,'],
    ['Nuala Ó Súilleabháin-张', 'Hello Nuala Ó Súilleabháin-张,'],
    ['Claim at prize24.com', 'Hello,'],
    ['Claim at prize。com', 'Hello,'],
    ['Call 15550100', 'Hello,'],
    ["O’Brien D'Arcy", "Hello O’Brien D'Arcy,"],
    ['Ada\r\nBcc: x@y.example', 'Hello,'],
    ['Ada\u2028\u202eLovelace', 'Hello Ada Lovelace,'],
    ['See www evil dot example', 'Hello See www evil dot example,'],
    ['Win at evil.example', 'Hello,'],
    ['https://evil', 'Hello,'],
    ['x'.repeat(65), 'Hello,'],
    [' \t', 'Hello,'],
  ])('greets %j with %j', (name, line) => {
    expect(greeting(name)).toBe(line);
  });

  it('tells times in words', () => {
    expect([0, 60_000, 899_000, 3600_000, 24 * 3600_000].map(inWords)).toEqual([
      '1 minute',
      '1 minute',
      '15 minutes',
      '60 minutes',
      '24 hours',
    ]);
    expect(momentInWords(new Date('2026-11-21T09:05:00Z'))).toBe('21 November 2026 at 09:05 UTC');
  });

  it('keeps secrets, other alphabets and long tales out of the description of a failure', () => {
    const error = Object.assign(new Error('x'), {
      response: `550-no 123456\r\n550 für a@b.example ${'y'.repeat(300)}`,
    });
    const text = describeFailure(error, ['123456', 'a@b.example', '']);
    expect(text).toMatch(/^550-no \[\.\.\.\] 550 f r \[\.\.\.\] y+$/);
    expect(text).toHaveLength(255);
  });
});

describe('SMTP_URL', () => {
  const options = (SMTP_URL: string) =>
    new URL(smtpUrl(loadServiceSettings({ SMTP_URL }).get(MailServerSettings))).searchParams;

  it('wants TLS before it gives a password away, unless told otherwise', () => {
    expect(options('smtp://u:p@mail.example:587').get('requireTLS')).toBe('true');
    expect(options('smtp://u:p@mail.example:587?requireTLS=false').get('requireTLS')).toBe('false');
    expect(options('smtp://u:p@127.0.0.1:587').get('requireTLS')).toBe('false');
    expect(options('smtp://mail.example').get('requireTLS')).toBe('false');
  });

  it('never pools connections, and waits ten minutes for the last word', () => {
    expect(options('smtp://mail.example?pool=true').has('pool')).toBe(false);
    expect(options('smtp://mail.example').get('socketTimeout')).toBe('600000');
  });
});
