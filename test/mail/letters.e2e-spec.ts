import { describe as describeFailure } from '../../src/mail/delivery-failure.js';
import { greeting, inWords, momentInWords } from '../../src/mail/letters.js';

describe('The wording of messages', () => {
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

  it('has times in words', () => {
    expect([0, 60_000, 899_000, 3600_000, 24 * 3600_000].map(inWords)).toEqual([
      '1 minute',
      '1 minute',
      '15 minutes',
      '60 minutes',
      '24 hours',
    ]);
    expect(momentInWords(new Date('2026-11-21T09:05:00Z'))).toBe('21 November 2026 at 09:05 UTC');
  });

  it('has no secrets, other alphabets or long texts in the description of a failure', () => {
    const error = Object.assign(new Error('x'), {
      response: `550-no 123456\r\n550 für a@b.example ${'y'.repeat(300)}`,
    });
    const text = describeFailure(error, ['123456', 'a@b.example', '']);
    expect(text).toMatch(/^550-no \[\.\.\.\] 550 f r \[\.\.\.\] y+$/);
    expect(text).toHaveLength(255);
  });
});
