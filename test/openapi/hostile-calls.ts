import fc from 'fast-check';
import { ApiDocument, Operation } from './api-document.js';
import { Call } from './api-driver.js';
import { anyValue, hostileText, rawBody } from './hostile-values.js';

/** Whose credentials a call has; `forged` ones are no good. */
export type CredentialKind = 'none' | 'token' | 'apiKey' | 'both' | 'inert' | 'forged';

export interface HostileCall extends Omit<Call, 'as'> {
  as: CredentialKind;
  forged: string;
}

const KINDS: CredentialKind[] = ['none', 'token', 'token', 'token', 'apiKey', 'both', 'inert', 'forged'];
const KEYS = ['__proto__', 'constructor', 'prototype', '$where', 'isAdmin', 'id', 'verified', 'email', 'password'];

/** A value that only the running test knows; it is put in before the call is sent. */
export const own = (name: string) => `<own ${name}>`;
/** What a header may hold at all; fetch refuses the rest, and headers of more than 16 kB reach no operation. */
function asHeader(text: string): string {
  return text
    .replace(/[^\t\x20-\x7e\xa0-\xff]/g, '?')
    .slice(0, 3000)
    .trim();
}

/** Half characters, which no URL can hold, become U+FFFD; longer URLs reach no operation. */
function asQuery(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString()).slice(0, 3000).replace(/%.?$/, '');
}

function bodyOf(document: ApiDocument, { request }: Operation, owned: string[]): fc.Arbitrary<unknown> {
  const fields = Object.entries<any>(request ? document.resolve(request).properties : {});
  const valid = Object.fromEntries(
    fields.map(([name, { example }]) => [name, fc.constantFrom(owned.includes(name) ? own(name) : example, example)]),
  );
  const mixed = Object.fromEntries(
    fields.map(([name, schema]) => [name, fc.oneof(valid[name], anyValue(schema), anyValue(schema))]),
  );
  const unknown = fc.dictionary(fc.oneof(fc.constantFrom(...KEYS), hostileText), fc.jsonValue(), { maxKeys: 3 });
  return fc.oneof(
    { weight: 3, arbitrary: fc.record(valid) },
    { weight: 5, arbitrary: fc.record(mixed, { requiredKeys: [] }) },
    { weight: 2, arbitrary: fc.tuple(unknown, fc.record(mixed)).map(([more, request]) => ({ ...more, ...request })) },
    { weight: 2, arbitrary: rawBody },
  );
}

/** Calls of one operation: decent, malformed and malicious ones. Of what `owned` names, the caller has something of its own. */
export function hostileCalls(document: ApiDocument, operation: Operation, owned: string[]): fc.Arbitrary<HostileCall> {
  // A blank or dotted segment makes another path of it.
  const segment = fc.oneof(hostileText, fc.uuid()).filter((text) => !/^\.{0,2}$/.test(text));
  const params = operation.params.map((name) => [name, fc.oneof(segment, segment, fc.constant(own(name)))]);
  const query = fc.tuple(
    fc.constantFrom('page', 'pageSize', 'cursor', 'startTime', 'status', '.endTime', 'x', '__proto__'),
    fc.oneof(fc.nat().map(String), hostileText),
  );
  return fc.record({
    as: fc.constantFrom(...KINDS),
    forged: hostileText.map((text) => asHeader(text)),
    params: fc.record(Object.fromEntries(params)),
    query: fc.oneof(
      fc.constant(undefined),
      query.map(([name, text]) => `${name}=${asQuery(text)}`),
    ),
    body: operation.method === 'GET' ? fc.constant(undefined) : bodyOf(document, operation, owned),
    headers: fc.oneof(
      { weight: 4, arbitrary: fc.constant({}) },
      hostileText.map((text) => ({ 'x-request-id': asHeader(text), 'user-agent': asHeader(text) })),
      fc.constantFrom('text/plain', 'application/xml', 'application/json;charset=utf-16', ';', '*/*').map((type) => ({
        'content-type': type,
      })),
    ),
  });
}
