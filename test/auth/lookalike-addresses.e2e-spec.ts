import { domainToASCII } from 'node:url';
import { isEmailAddress, normaliseEmail } from '../../src/http/email-address.js';
import { PASSWORD, signUp } from '../support/people.js';
import { startApp, TestApp } from '../support/start-app.js';

/** The long s, the Kelvin sign, a full-width k, the dotless i, a feminine ordinal, a ligature, a variation selector, CGJ. */
const LOCAL_PARTS = [
  '\u017f',
  '\u212a',
  '\uff4b',
  '\u0131',
  '\u00aa',
  '\ufb01',
  '\ufe0f',
  '\u034f',
  '\u00e4',
  '\u0130',
];
const DOMAINS = LOCAL_PARTS.filter((character) => !['\u00e4', '\u0130'].includes(character));

describe('An address', () => {
  let service: TestApp;
  beforeAll(async () => (service = await startApp()));
  afterAll(() => service.close());

  it.each([
    ...LOCAL_PARTS.map((character) => `ma${character}k@example.com`),
    ...DOMAINS.map((character) => `ada@ex${character}mple.com`),
    ...DOMAINS.map((character) => `ada@m\u00fcn${character}.example`),
  ])('is refused where folding would make another of it: %j', async (email) => {
    const refused = { status: 400, body: { code: 'INVALID_EMAIL' } };
    expect(await signUp(service, email)).toMatchObject(refused);
    expect(await service.api.post('/auth/login', { email, password: PASSWORD })).toMatchObject(refused);
    expect(await service.api.post('/auth/forgot-password', { email })).toMatchObject(refused);
  });

  it('has no character that the encoding of domains turns into ASCII', () => {
    const folding = Array.from({ length: 0x20000 - 0x80 }, (_, i) => i + 0x80)
      .filter((point) => point < 0xd800 || point > 0xdfff)
      .map((point) => String.fromCodePoint(point))
      .filter((character) => /^[\p{L}\p{M}\p{N}]$/u.test(character))
      .filter((character) =>
        /^[\w.-]+$/.test(domainToASCII(`a${character.toLowerCase()}b.example`).replace(/.*xn--.*/, '')),
      );
    expect(folding.length).toBeGreaterThan(1000);
    const taken = folding.filter((character) => isEmailAddress(normaliseEmail(`ada@a${character}b.example`)));
    expect(taken).toEqual([]);
  });

  it('may have letters in its domain that have no ASCII form', async () => {
    for (const [domain, ascii] of [
      ['M\u00dcNCHEN.example', 'xn--mnchen-3ya.example'],
      ['\u4f8b\u3048\u3002example', 'xn--r8jz45g.example'],
      ['stra\u00dfe.example', 'xn--strae-oqa.example'],
    ]) {
      expect(await signUp(service, `Ada@${domain}`)).toMatchObject({
        status: 200,
        body: { user: { email: `ada@${ascii}` } },
      });
    }
  });
});
