import { JsonWebKey } from 'node:crypto';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/common/clock.js';
import { SigningKey } from '../../src/credentials/signing-key.entity.js';
import { SigningKeysService } from '../../src/credentials/signing-keys.service.js';
import { Database } from '../../src/database/database.js';
import { atOnce } from '../support/credentials.js';
import { currentKey, decode } from '../support/jwt.js';
import { join, Person } from '../support/people.js';
import { openSession, statusFor } from '../support/sessions.js';
import { Settings, startApp, TestApp } from '../support/start-app.js';

let service: TestApp;
let other: TestApp;
let ada: Person;

async function begin(settings: Settings = {}): Promise<void> {
  service = await startApp(settings);
  other = await service.another();
  ada = await join(service);
}
afterEach(() => service.close());

const rotate = (instance: TestApp) => instance.app.get(SigningKeysService).rotate();
const kidOf = (token: string) => String(decode(token).header.kid);
const login = (instance: TestApp) => openSession(instance, ada);
const signerOf = async (instance: TestApp) => kidOf((await login(instance)).token);
const storedKeys = () => service.query('SELECT id, public_key, private_key FROM signing_keys ORDER BY sequence');

async function published(instance: TestApp): Promise<string[]> {
  const { body } = await instance.api.get('/.well-known/jwks.json');
  return body.keys.map(({ kid }: JsonWebKey & { kid: string }) => kid);
}

describe('Rotating the signing key', () => {
  beforeEach(() => begin());

  it('publishes the next key everywhere within a minute; it takes over after ten', async () => {
    const old = kidOf(ada.token);
    await rotate(service);
    const [, next] = await published(service);
    expect(await published(service)).toEqual([old, next]);
    service.clock.advance(MINUTE_MS);
    expect(await published(other)).toEqual([old, next]);
    service.clock.advance(8.5 * MINUTE_MS);
    expect([await signerOf(service), await signerOf(other)]).toEqual([old, old]);
    service.clock.advance(0.5 * MINUTE_MS);
    expect([await signerOf(service), await signerOf(other)]).toEqual([next, next]);
    expect(await published(other)).toEqual([old, next]);
  });

  it('lets every old token live to its end', async () => {
    await rotate(service);
    service.clock.advance(9 * MINUTE_MS);
    const last = await login(other);
    service.clock.advance(2 * HOUR_MS - MINUTE_MS);
    await rotate(service);
    for (const instance of [service, other, await service.another()]) {
      expect(await statusFor(instance, last)).toBe(200);
      expect(await published(instance)).toContain(kidOf(last.token));
    }
  });

  it('removes the keys whose tokens are all dead, and no other', async () => {
    const old = kidOf(ada.token);
    await rotate(service);
    service.clock.advance(10 * MINUTE_MS);
    const next = await signerOf(service);
    service.clock.advance(2 * HOUR_MS);
    await rotate(service);
    expect(await published(service)).toEqual([old, next, expect.any(String)]);
    service.clock.advance(5 * MINUTE_MS);
    await rotate(service);
    expect(await published(service)).toEqual([next, expect.any(String), expect.any(String)]);
    service.clock.advance(MINUTE_MS);
    expect(await published(other)).toEqual(await published(service));
  });

  it('on three instances at once makes one key', async () => {
    const third = await service.another();
    await Promise.all([service, other, third].map(rotate));
    expect(await storedKeys()).toHaveLength(2);
    service.clock.advance(10 * MINUTE_MS);
    const signers = await Promise.all([service, other, third].map(signerOf));
    expect(new Set(signers).size).toBe(1);
    expect(signers[0]).not.toBe(kidOf(ada.token));
  });

  it('works with instances whose clocks differ by a minute', async () => {
    await rotate(service);
    service.clock.advance(9.5 * MINUTE_MS);
    const late = await login(service);
    service.clock.advance(59 * SECOND_MS);
    const early = await login(other);
    expect(kidOf(early.token)).not.toBe(kidOf(late.token));
    expect(await statusFor(other, late)).toBe(200);
    service.clock.advance(-59 * SECOND_MS);
    expect(await statusFor(service, early)).toBe(200);
    expect(await signerOf(service)).toBe(kidOf(late.token));
  });
});

describe('A signing key', () => {
  it('is replaced when it is old enough, by logins alone', async () => {
    await begin({ SIGNING_KEY_DAYS: '1' });
    const first = kidOf(ada.token);
    service.clock.advance(DAY_MS - 11 * MINUTE_MS);
    expect([await signerOf(service), await published(service)]).toEqual([first, [first]]);
    service.clock.advance(MINUTE_MS);
    const answers = await atOnce(10, (i) => login([service, other][i % 2]));
    expect(new Set(answers.map(({ token }) => kidOf(token)))).toEqual(new Set([first]));
    expect(await storedKeys()).toHaveLength(2);
    service.clock.advance(10 * MINUTE_MS);
    const second = await signerOf(other);
    expect(second).not.toBe(first);
    expect([await statusFor(service, answers[0]), await statusFor(other, answers[1])]).toEqual([200, 200]);
    service.clock.advance(DAY_MS);
    await login(service);
    expect((await storedKeys()).map(({ id }) => id)).toEqual([second, expect.any(String)]);
  });

  it('is made once by instances that start together on an empty database', async () => {
    await begin();
    await service.app.get(Database).write(({ manager }) => manager.deleteAll(SigningKey));
    const started = await atOnce(3, () => service.another());
    expect(await storedKeys()).toHaveLength(1);
    const { token } = await login(started[0]);
    for (const instance of started) expect(await statusFor(instance, { token })).toBe(200);
  });

  it('is encrypted in the database, and its private key appears in no response and no log', async () => {
    await begin();
    const [row] = await storedKeys();
    const jwk = (await currentKey(service)).export({ format: 'jwk' });
    const d = Buffer.from(String(jwk.d), 'base64url');
    const traces = [String(jwk.d), d.toString('hex'), d.toString('base64').slice(4, -4), 'PRIVATE', 'BEGIN'];
    const { body } = await service.api.get('/.well-known/jwks.json');
    for (const text of [JSON.stringify(row), JSON.stringify(body), service.logs.join()]) {
      expect(traces.filter((trace) => text.includes(trace))).toEqual([]);
    }
    expect(JSON.parse(row.public_key)).toEqual(body.keys[0]);
  });

  it('can be decrypted only with the secret under which it was encrypted', async () => {
    await begin();
    const strange = { APP_SECRET: 'another secret that nobody told this service' };
    await expect(service.another(strange)).rejects.toThrow();
    expect(await statusFor(service, ada)).toBe(200);
  });
});
