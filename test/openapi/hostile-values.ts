import fc from 'fast-check';

/** Nobody but an attacker would write to this address. */
export const VICTIM = 'victim@evil.example';

const INJECTIONS = [
  "' OR '1'='1",
  "'; DROP TABLE users; --",
  '" OR ""="',
  '1) UNION SELECT password_hash FROM users --',
  '{"$gt":""}',
  '{{7*7}}${7*7}<%= 7*7 %>#{7*7}',
  '{{#with "s" as |string|}}{{string.constructor}}{{/with}}',
  `ada@example.com\r\nBcc: ${VICTIM}`,
  `ada@example.com, ${VICTIM}`,
  `"${VICTIM}" <ada@example.com>`,
  `Ada\r\n\r\n<script>alert(1)</script>`,
  '__proto__',
  'constructor',
  '../../../etc/passwd',
  '%00%0d%0a%n%s',
  '=1+1',
];

const CHARACTERS = [
  '\u0000',
  '\u0007\u001b[2J',
  '\ud800',
  '\udfff\ud800',
  '\u202eadA',
  '\u2066a\u2069',
  '\ufeffAda',
  'A\u200dd\u200ba',
  'Ada\u0301\u0301\u0301',
  '👩‍👩‍👧‍👦',
  '𝒜𝒹𝒶 𠜎',
  'ß İ ı ſ',
  'ａｄａ＠ｅｘａｍｐｌｅ．ｃｏｍ',
  '\u2028\u2029',
];

const OTHER_TYPES: unknown[] = [
  null,
  true,
  0,
  -0,
  1e308,
  [],
  ['ada@example.com'],
  {},
  { $gt: '' },
  { $ne: null },
  { length: 8 },
  { toString: 'x', valueOf: 'y' },
  [[[[1]]]],
];

/** Text that was never thought of, alone or inside something well-formed. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...INJECTIONS, ...CHARACTERS),
  fc.constantFrom(...INJECTIONS, ...CHARACTERS).map((text) => `${text}@example.com`),
  fc.constantFrom(...INJECTIONS, ...CHARACTERS).map((text) => `ada@${text}.com`),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('a', '\u0000', '😀', 'é', ' ').map((character) => character.repeat(20_000)),
);

/** Text just inside and just outside of the limits of a schema. */
function boundaryText({ minLength = 0, maxLength = 256, format }: any): fc.Arbitrary<string> {
  const end = format === 'email' ? '@example.com' : '';
  const lengths = [minLength - 1, minLength, minLength + 1, maxLength - 1, maxLength, maxLength + 1];
  const fill = (length: number, character: string) => character.repeat(Math.max(0, length - end.length)) + end;
  return fc
    .tuple(fc.constantFrom(...lengths), fc.constantFrom('a', '😀', 'ä'))
    .map(([length, one]) => fill(length, one));
}

/** Anything at all for a field of this schema. */
export function anyValue(schema: any): fc.Arbitrary<unknown> {
  return fc.oneof(hostileText, boundaryText(schema), fc.constantFrom(...OTHER_TYPES), fc.jsonValue());
}

/** Bodies that are no request of anybody. */
export const rawBody: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.json(),
  fc.constantFrom('', ' ', '{', '{"email":"a@example.com"', '[]', 'null', '"\\ud800"', '{"a":'.repeat(5000)),
  fc.constant(JSON.stringify({ email: 'a'.repeat(200_000) })),
);
