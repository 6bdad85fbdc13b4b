import { ApiDocument, exampleOf, Operation } from './openapi/api-document.js';
import { watchEventLoop } from './openapi/event-loop.js';
import { makeThings } from './openapi/features.js';
import { MANY_REQUESTS } from './openapi/settings.js';
import { makeApiKey } from './support/credentials.js';
import { join } from './support/people.js';
import { startApp, TestApp } from './support/start-app.js';

/** Just below the limit of a body, and of headers and URL together. */
const BODY_BYTES = 98_000;
const HEADER_BYTES = 12_000;
/** How much longer than harmless text of its size a hostile one may hold the event loop. What this is about takes seconds. */
const MAX_EXTRA_MS = 150;
/** What else the machine does is no fault of the text: the quickest of these tries counts. */
const TRIES = 4;

const cjk = (length: number) => String.fromCodePoint(...Array.from({ length }, (_, i) => 0x4e00 + (i % 20_000)));
const filled = (unit: string, bytes = BODY_BYTES) => unit.repeat(Math.floor(bytes / Buffer.byteLength(unit)));

const TEXTS: [string, string][] = [
  ['marks in falling class order', `a${'\u0315'.repeat(24_000)}${'\u0334'.repeat(24_000)}`],
  ['CJK letters', cjk(32_000)],
  ['an address of CJK letters', `ada@${cjk(32_000)}.com`],
  ['an address of many labels', `ada@${filled('a.')}com`],
  ['a URL of CJK letters', `https://${cjk(31_000)}.com/`],
  ['a short URL of CJK letters', `https://${cjk(2000)}.com/`],
  ['ZWJ runs', filled('👩\u200d')],
  ['bidi marks', filled('\u202e\u2066')],
  ['open braces', filled('{{ ')],
  ['braces', filled('{{a}} ')],
  ['one brace and blanks', `{{${filled(' ', 60_000)}`],
  ['digits', `+${filled('1')}`],
  ['blanks inside', `a${filled(' ')}a`],
  ['dashes and blanks', filled('- ')],
];
const BODIES: [string, string][] = [
  ['deeply nested objects', `${'{"a":'.repeat(14_000)}1${'}'.repeat(14_000)}`],
  ['nested arrays', `{"email":${'['.repeat(49_000)}${']'.repeat(49_000)}}`],
  ['many fields', `{${Array.from({ length: 10_000 }, (_, i) => `"${i}":1`).join()}}`],
  ['many items', `{"email":[${filled('1,')}1],"name":[${'{},'.repeat(10)}1]}`],
  ['polluting keys', `{${'"__proto__":{"a":1},'.repeat(4800)}"a":1}`],
];
/** Operations with a query, a parameter in the path, headers of their own, or none of that. */
const READ_FROM_URL = /^(listProjects|getProject|endSession|playPreview|logIn)$/;
const HEADERS = ['authorization', 'x-api-key', 'x-request-id', 'user-agent', 'content-type', 'range', 'if-none-match'];
const HEADER_TEXTS = ['Bearer ', 'Bearer a', 'a.', '; a=', '"', '[]:1', '%', '1,', 'bytes=1-', '{{', ' ;'];

interface RequestParts {
  headers?: Record<string, string>;
  query?: string;
  segment?: string;
  body?: string;
}

describe('Hostile text', () => {
  let service: TestApp;
  let document: ApiDocument;
  let own: Record<string, string>;
  let credentials: Record<string, string>;

  beforeAll(async () => {
    service = await startApp({ ...MANY_REQUESTS, TRUST_PROXY: '1' });
    document = await ApiDocument.of(service);
    const person = await join(service);
    own = { ...person, ...(await makeThings(service, person)) };
    credentials = { 'x-api-key': await makeApiKey(service, person), 'x-forwarded-for': '203.0.113.7' };
  });
  afterAll(() => service.close());

  const url = (operation: Operation, { query, segment }: RequestParts) =>
    operation.path.replace(/\{(\w+)\}/g, (_, name: string) => segment ?? own[name] ?? 'none') +
    (query === undefined ? '' : `?${query}`);

  /** How long a request holds the event loop at most, milliseconds; it must not fail. */
  async function delayOf(operation: Operation, parts: RequestParts): Promise<number> {
    const { body, headers } = parts;
    const request = {
      method: operation.method as 'POST',
      url: url(operation, parts),
      headers: { ...credentials, ...(body && { 'content-type': 'application/json' }), ...headers },
      payload: body,
    };
    const stop = watchEventLoop();
    const { statusCode } = await service.app.inject(request);
    const delay = stop();
    expect(statusCode).toBeLessThan(500);
    return delay;
  }

  async function extraDelay(operation: Operation, hostile: RequestParts, harmless: RequestParts): Promise<number> {
    let least = await delayOf(operation, hostile);
    for (let i = 0; i < TRIES && least > MAX_EXTRA_MS; i += 1) {
      const base = await delayOf(operation, harmless);
      least = Math.min(least, (await delayOf(operation, hostile)) - base);
    }
    return least;
  }

  const fieldsOf = ({ request }: Operation): string[] =>
    request ? Object.keys(document.resolve(request).properties) : [];

  /** One field at a time, the others as they should be, so that the text gets as far as it can. */
  function bodiesWith(operation: Operation, text: string): string[] {
    const valid = Object.fromEntries(
      Object.entries<unknown>(exampleOf(operation) ?? {}).map(([name, value]) => [name, own[name] ?? value]),
    );
    const fields = fieldsOf(operation);
    const all = Object.fromEntries(fields.map((name) => [name, text.slice(0, text.length / fields.length)]));
    return [...fields.map((name) => ({ ...valid, [name]: text })), all].map((body) => JSON.stringify(body));
  }

  it('in a body holds the event loop no longer than harmless text, in whichever field', async () => {
    const slow: string[] = [];
    const harmless = { body: JSON.stringify({ x: 'a'.repeat(BODY_BYTES) }) };
    for (const operation of document.operations.filter(({ method }) => method !== 'GET')) {
      const texts = TEXTS.flatMap(([name, text]) => bodiesWith(operation, text).map((body) => [name, body]));
      for (const [name, body] of [...texts, ...BODIES]) {
        const delay = await extraDelay(operation, { body }, harmless);
        if (delay > MAX_EXTRA_MS) slow.push(`${operation.id}, ${name}: ${Math.round(delay)} ms`);
      }
    }
    expect(slow).toEqual([]);
  });

  it('in a header, a query or a path holds it no longer either', async () => {
    const slow: string[] = [];
    const places: [string, (unit: string) => RequestParts][] = [
      ...[...HEADERS, 'x-forwarded-for'].map((name): [string, (unit: string) => RequestParts] => [
        name,
        (unit) => ({
          headers: { [name]: filled(unit, HEADER_BYTES) },
          body: name === 'content-type' ? '{}' : undefined,
        }),
      ]),
      ['query', (unit) => ({ query: `page=${encodeURIComponent(filled(unit, HEADER_BYTES / 3))}` })],
      ['repeated query', (unit) => ({ query: filled(`page=${encodeURIComponent(unit)}&`, HEADER_BYTES) })],
      ['query of many names', () => ({ query: Array.from({ length: 2500 }, (_, i) => `${i}=`).join('&') })],
      ['path', (unit) => ({ segment: encodeURIComponent(filled(unit, HEADER_BYTES / 3)) })],
      ['short path', (unit) => ({ segment: encodeURIComponent(filled(unit, 90)) })],
    ];
    for (const operation of document.operations.filter(({ id }) => READ_FROM_URL.test(id))) {
      for (const [place, at] of places) {
        for (const unit of HEADER_TEXTS) {
          const delay = await extraDelay(operation, at(unit), at('a'));
          if (delay > MAX_EXTRA_MS) slow.push(`${operation.id}, ${place} of ${unit}: ${Math.round(delay)} ms`);
        }
      }
    }
    expect(slow).toEqual([]);
  });
});
