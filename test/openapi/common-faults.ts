import { ApiCredentials } from '../support/api-client.js';
import { codesOf, exampleOf, Operation } from './api-document.js';
import { ApiDriver } from './api-driver.js';

/** What a missing field is answered: in the account flows by a code of their own. */
const MISSING = ['CREDENTIALS_MISSING', 'VALIDATION_FAILED'];
const BODY_LIMIT_BYTES = 100 * 1024;
/** They take the instruction of an agent or its variables, 65,535 bytes of text that JSON may spell with six times as many. */
const LARGER_BODIES = ['createAgent', 'updateAgent', 'makeCall'];
const LARGER_BODY_LIMIT_BYTES = BODY_LIMIT_BYTES + 6 * 65_535;

/** Credentials of every kind that a guarded operation may meet. */
export interface Keyring {
  /** Of one user. */
  token: string;
  apiKey: string;
  /** Of another user. */
  otherApiKey: string;
  /** Of a signup that is not verified. */
  inertToken: string;
}

/** Sends bodies that cannot be read to everything that reads one, and paths that cannot be. */
export async function sendUnreadable(api: ApiDriver): Promise<void> {
  for (const { id, method, path, params } of api.document.operations) {
    if (params.length > 0) await api.expect('REQUEST_MALFORMED', id, { path: path.replace(/\{\w+\}/g, '%zz') });
    if (method === 'GET') continue;
    await api.expect('REQUEST_MALFORMED', id, { body: '{"email":' });
    const limit = LARGER_BODIES.includes(id) ? LARGER_BODY_LIMIT_BYTES : BODY_LIMIT_BYTES;
    await api.expect('BODY_TOO_LARGE', id, { body: { text: 'a'.repeat(limit) } });
    await api.expect('NOT_JSON', id, { body: '{}', headers: { 'content-type': 'text/plain' } });
  }
}

/** Leaves the fields of every request out, and gives those that are no addresses a wrong type. */
export async function sendFaultyFields(api: ApiDriver, as: ApiCredentials): Promise<void> {
  for (const operation of api.document.operations.filter(({ request }) => request)) {
    const missing = MISSING.find((code) => codesOf(operation, '400').includes(code)) ?? 'none';
    if (operation.raw.requestBody.required) await api.expect(missing, operation.id, { body: {}, as });
    const fields = Object.entries<any>(api.document.resolve(operation.request).properties);
    const body = Object.fromEntries(
      fields.map(([name, { example, format }]) => [name, format === 'email' ? example : 5]),
    );
    if (fields.some(([, { format }]) => format !== 'email')) {
      await api.expect('VALIDATION_FAILED', operation.id, { body, as });
    }
    if (codesOf(operation, '400').includes('INVALID_EMAIL')) {
      const malformed = Object.fromEntries(fields.map(([name, { example }]) => [name, example]));
      await api.expect('INVALID_EMAIL', operation.id, { body: { ...malformed, email: 'ada' }, as });
    }
  }
}

/** Calls every guarded operation with credentials that must not do. */
export async function sendWrongCredentials(api: ApiDriver, keys: Keyring): Promise<void> {
  const { token, apiKey, otherApiKey, inertToken } = keys;
  for (const operation of api.document.operations.filter(({ accepts }) => accepts.length > 0)) {
    const refused = (code: string, as: ApiCredentials) => api.expect(code, operation.id, { as });
    await refused('UNAUTHORIZED', {});
    await refused('TOKEN_INVALID', { token: `${token}x` });
    await refused('EMAIL_NOT_VERIFIED', { token: inertToken });
    await refused('API_KEY_INVALID', { apiKey: otherApiKey.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) });
    await refused('CREDENTIALS_DISAGREE', { token, apiKey: otherApiKey });
    if (isBearerOnly(operation)) await refused('BEARER_REQUIRED', { apiKey });
  }
}

/** Calls every operation twice where one call is allowed, guarded ones with a key that is no good: those of a limit say so in the document. */
export async function sendTooMany(api: ApiDriver): Promise<void> {
  for (const operation of api.document.operations) {
    const call = { body: exampleOf(operation), as: operation.accepts.length > 0 ? { apiKey: 'none' } : {} };
    await api.call(operation.id, call);
    const { status, headers } = await api.call(operation.id, call);
    const isLimited = codesOf(operation, '429').includes('TOO_MANY_REQUESTS');
    expect({ id: operation.id, isLimited }).toEqual({ id: operation.id, isLimited: status === 429 });
    if (isLimited) expect(headers.get('ratelimit-remaining')).toBe('0');
  }
}

/** The document says that an API key is not enough. */
export function isBearerOnly({ accepts }: Operation): boolean {
  return accepts.length === 1 && accepts[0] === 'bearer';
}
