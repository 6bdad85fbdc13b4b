import { KeyObject } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import { base64url, Claims, currentKey, decode, signJwt, signText } from '../support/jwt.js';
import { join, Person } from '../support/people.js';
import { statementsOf } from '../support/query-log.js';
import { NO_POLLS, startApp, TestApp } from '../support/start-app.js';

let service: TestApp;
let ada: Person;
let bob: Person;
let key: KeyObject;
beforeAll(async () => {
  service = await startApp(NO_POLLS);
  [ada, bob] = [await join(service), await join(service)];
  key = await currentKey(service);
});
afterAll(() => service.close());

const HOUR = 3600;
const secondsNow = () => Math.floor(service.clock.now().getTime() / 1000);
const claimsOf = (person: Person) => decode(person.token).payload;

/** A token of Ada's, signed with the service's own key, with a few things changed; undefined leaves a thing out. */
function signedForAda(header: Claims, payload: Claims): string {
  const good = decode(ada.token);
  return signJwt({ header: { ...good.header, ...header }, payload: { ...good.payload, jti: uuid(), ...payload } }, key);
}

const answerTo = (token: string) => service.api.as({ token }).get('/user/me');

/** Asks twice: what the first time left in the caches must let nobody in. */
async function expectRefused(token: string): Promise<void> {
  for (const { status, body } of [await answerTo(token), await answerTo(token)]) {
    expect([status, ['TOKEN_INVALID', 'UNAUTHORIZED'].includes(body.code)]).toEqual([401, true]);
  }
}

/** One test a value; values that depend on the moment or on people are functions. */
function refuses(field: string, values: unknown[], place: 'header' | 'payload' = 'payload'): void {
  it.each(values.map((value) => [typeof value === 'function' ? String(value).replace(/^\(\) => /, '') : value, value]))(
    `${field}: %j`,
    async (_, value: unknown) => {
      const change = { [field]: typeof value === 'function' ? (value as () => unknown)() : value };
      await expectRefused(place === 'header' ? signedForAda(change, {}) : signedForAda({}, change));
    },
  );
}

describe('The builder of these tokens', () => {
  it('makes ones that are accepted as long as nothing is wrong with them', async () => {
    expect((await answerTo(signedForAda({}, {}))).status).toBe(200);
    const hourOld = { iat: secondsNow() - HOUR, exp: secondsNow() + HOUR };
    expect((await answerTo(signedForAda({}, hourOld))).status).toBe(200);
  });
});

describe('A rightly signed token is refused for its header', () => {
  const kidOfAda = () => String(decode(ada.token).header.kid);
  refuses('typ', [undefined, null, '', 'JWT', 'jwt', 'at+jwt ', 'refresh+jwt', ['at+jwt'], 1], 'header');
  refuses('crit', [[], ['exp'], ['b64'], ['x'], null, 'exp', {}], 'header');
  refuses(
    'kid',
    [
      ...[undefined, null, '', 0, 1, true, {}, [], '__proto__', 'constructor', 'toString', 'x'.repeat(1000)],
      ...['../../../../dev/null', '/dev/null', 'file:///dev/null', 'http://127.0.0.1:9/key', '%00', '\0', '*', '%'],
      ...["' OR '1'='1", "' UNION SELECT 'key' -- ", '"; DROP TABLE signing_keys; --'],
      ...[
        () => uuid(),
        () => [kidOfAda()],
        () => `${kidOfAda()}\0`,
        () => ` ${kidOfAda()}`,
        () => kidOfAda().toUpperCase(),
      ],
    ],
    'header',
  );

  it.each(['null', '[]', '"ES256"', '1', '', 'x', '{"alg":"ES256"', '{"alg":"ES256","typ":"at+jwt"}'])(
    'when it is %j',
    (header) => expectRefused(signText(base64url(header), ada.token.split('.')[1], key)),
  );

  it('and unknown kids, however many, cost no more than one look at the database', async () => {
    service.clock.advance(10_000);
    const tokens = Array.from({ length: 20 }, () => signedForAda({ kid: uuid() }, {}));
    const statements = await statementsOf(service, () => Promise.all(tokens.map(expectRefused)));
    expect(statements.filter((text) => text.includes('signing_keys'))).toHaveLength(1);
  });
});

describe('A rightly signed token is refused for its claims', () => {
  const issuer = 'https://talkstack.test';
  refuses('iss', [
    undefined,
    null,
    '',
    'https://evil.test',
    `${issuer}/`,
    `${issuer}.evil.test`,
    issuer.toUpperCase(),
    [issuer],
  ]);
  refuses('aud', [
    undefined,
    null,
    '',
    'other',
    'talkstack-api ',
    {},
    [],
    ['other'],
    ['talkstack-api'],
    ['other', 'talkstack-api'],
  ]);
  refuses('exp', [
    ...[undefined, null, '', 'never', true, {}, [], -1, 0, 1, 1e300, 2 ** 53, Number.MAX_SAFE_INTEGER],
    ...[() => secondsNow() - 60, () => String(secondsNow() + HOUR), () => [secondsNow() + HOUR]],
    ...[
      () => secondsNow() + HOUR + 0.5,
      () => new Date(Date.now() + HOUR).toISOString(),
      () => secondsNow() + 365 * 24 * HOUR,
    ],
    () => (secondsNow() + HOUR) * 1000,
  ]);
  refuses('iat', [
    ...[undefined, null, '', 'now', true, {}, [], -1, 0, 1e300, -1e300, 2 ** 53],
    ...[() => String(secondsNow()), () => [secondsNow()], () => secondsNow() + 0.5, () => secondsNow() + 120],
    ...[() => secondsNow() + 3 * HOUR, () => secondsNow() * 1000],
  ]);
  refuses('nbf', [
    null,
    '',
    'now',
    true,
    {},
    [],
    -1,
    0,
    0.5,
    1e300,
    () => secondsNow() + HOUR,
    () => String(secondsNow()),
  ]);
  const noIds = [
    undefined,
    null,
    '',
    0,
    1,
    true,
    {},
    [],
    'x',
    '*',
    "' OR '1'='1",
    '00000000-0000-0000-0000-000000000000',
  ];
  refuses('sub', [
    ...noIds,
    'admin',
    () => ada.email,
    () => [claimsOf(ada).sub],
    () => claimsOf(bob).sub,
    () => uuid(),
  ]);
  refuses('sid', [...noIds, () => [claimsOf(ada).sid], () => claimsOf(bob).sid, () => claimsOf(ada).sub, () => uuid()]);
  refuses('jti', [undefined, null, '', 1, 'x', []]);

  it.each(['null', '[]', '"x"', '1', '', 'x', '{"sub":', '\xff\xfe'])('when they are %j', (payload) =>
    expectRefused(signText(ada.token.split('.')[0], base64url(payload), key)),
  );
});

describe('A token is refused when its text is another', () => {
  const variants: [string, (token: string) => string][] = [
    ['a space before a dot', (token) => token.replace('.', ' .')],
    ['a space after a dot', (token) => token.replace('.', '. ')],
    ['a tab in it', (token) => token.replace('.', '.\t')],
    ['a no-break space at its end', (token) => `${token}\u00A0`],
    ['a soft hyphen in it', (token) => token.replace('.', '.\u00AD')],
    ['a zero-width space in it', (token) => token.replace('.', `.${latin1('\u200B')}`)],
    ['a full-width dot', (token) => token.replace('.', latin1('\uFF0E'))],
    ['an ideographic full stop', (token) => token.replace('.', latin1('\u3002'))],
    ['padding', (token) => `${token}==`],
    ['padding in it', (token) => token.replace('.', '=.')],
    ['the other base64 alphabet', (token) => token.replace(/[\w-]$/, '/')],
    ['percent encoding', (token) => token.replace('.', '%2E')],
    ['a dot at its end', (token) => `${token}.`],
    ['a dot at its start', (token) => `.${token}`],
    ['an extra letter', (token) => `${token}A`],
    ['its letters in the other case', (token) => token.toLowerCase()],
  ];
  /** UTF-8 as headers carry it. */
  const latin1 = (text: string) => Buffer.from(text).toString('latin1');
  it.each(variants)('when it has %s', (_, change) => expectRefused(change(ada.token)));

  it('when it is longer than any of ours, though rightly signed', () =>
    expectRefused(signedForAda({}, { x: 'x'.repeat(2000) })));

  it('and in the end the real one is as good as it was', async () => {
    expect([(await answerTo(ada.token)).status, (await answerTo(bob.token)).status]).toEqual([200, 200]);
  });
});
