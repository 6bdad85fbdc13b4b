import { enterCode } from '../support/codes.js';
import { newAddress, signUp } from '../support/people.js';
import { startApp, TestApp } from '../support/start-app.js';

const digitsFrom = (zero: number) => (code: string) =>
  [...code].map((digit) => String.fromCodePoint(zero + Number(digit))).join('');
const between = (text: string) => (code: string) => `${code.slice(0, 3)}${text}${code.slice(3)}`;

describe('A code', () => {
  let service: TestApp;
  beforeAll(async () => (service = await startApp()));
  afterAll(() => service.close());

  async function pending(): Promise<{ email: string; code: string }> {
    const email = newAddress();
    await signUp(service, email);
    return { email, code: await service.mailbox.nextCode(email) };
  }

  it.each([
    ['with a blank in the middle', between(' ')],
    ['with a no-break blank and a tab', between('\u00a0\t')],
    ['with a hyphen', between('-')],
    ['with a dash and blanks', between(' \u2013 ')],
    [
      'with invisible marks, as a page gives them to the clipboard',
      (code: string) => `\u200e\ufeff${code}\u200b\u2060`,
    ],
    ['in single digits', (code: string) => [...code].join(' ')],
    ['in full-width digits', digitsFrom(0xff10)],
    ['in Arabic digits', digitsFrom(0x660)],
    ['in Persian digits', digitsFrom(0x6f0)],
    ['in Devanagari digits', digitsFrom(0x966)],
    ['in bold sans-serif digits, the fourth of five runs in a row', digitsFrom(0x1d7ec)],
  ])('is taken %s', async (_, spell) => {
    const { email, code } = await pending();
    expect(await enterCode(service, email, spell(code))).toMatchObject({ status: 200 });
  });

  it('is wrong with anything else in it, with a digit more, and in characters that only look like digits', async () => {
    const { email, code } = await pending();
    const superscript = [...code].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('');
    for (const wrong of [`${code}x`, `${code}0`, between('.')(code), superscript]) {
      expect(await enterCode(service, email, wrong)).toMatchObject({ status: 400, body: { code: 'INVALID_CODE' } });
    }
    expect(await enterCode(service, email, code)).toMatchObject({ status: 200 });
  });
});
