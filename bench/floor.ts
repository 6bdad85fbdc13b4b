import 'reflect-metadata';
import { generateKeyPairSync, randomBytes, randomUUID, sign } from 'node:crypto';
import fastify, { LogController } from 'fastify';
import { PasswordHasher } from '../src/auth/password-hasher.js';
import { PasswordHashSettings } from '../src/auth/password-hash.settings.js';
import { LogSettings } from '../src/common/log.settings.js';
import { createLogger } from '../src/common/logger.js';
import { sha256 } from '../src/common/sha256.js';
import { DatabaseSettings } from '../src/database/database.settings.js';
import { AddressSettings } from '../src/http/address.settings.js';
import { requestLog } from '../src/http/access-log.js';
import { securityHeaders } from '../src/http/security-headers.js';
import { loadServiceSettings } from '../src/settings.js';
import { floorStore } from './floor-store.js';
import { PASSWORD } from './operations.js';
import { RAW_ANSWER } from './raw-answer.js';

/**
 * The floor: a login, a refresh and a guarded GET of the least that they can be made of on this machine. Fastify, the service's headers,
 * log and hash, a signature, one statement to read and one to write. No framework, no validation, no limits, no audit log.
 */
const settings = loadServiceSettings({ DATABASE_URL: process.argv[2] });
const store = await floorStore(settings.get(DatabaseSettings).DATABASE_URL);
const hasher = new PasswordHasher(settings.get(PasswordHashSettings));
const headers = securityHeaders(settings.get(AddressSettings));
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const sessionOf = new Map<string, string>();

function tokenFor(sessionId: string): string {
  const claims = { sub: sessionId, sid: sessionId, jti: randomUUID(), iat: 0, exp: 0 };
  const parts = [{ alg: 'ES256', typ: 'at+jwt' }, claims].map((part) => JSON.stringify(part));
  const text = parts.map((part) => Buffer.from(part).toString('base64url')).join('.');
  const key = { key: privateKey, dsaEncoding: 'ieee-p1363' as const };
  const token = `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
  sessionOf.set(token, sessionId);
  return token;
}

const newSecret = () => randomBytes(48).toString('base64url');

const logger = createLogger(settings.get(LogSettings));
const server = fastify({
  loggerInstance: logger,
  logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
  childLoggerFactory: () => logger,
  genReqId: () => randomUUID(),
});
server.addHook('onRequest', (request, reply, next) => {
  void reply.headers(headers).header('x-request-id', request.id);
  next();
});
server.addHook('onResponse', requestLog);

server.post<{ Body: { email: string; password: string } }>('/auth/login', async ({ body }, reply) => {
  if (!(await hasher.verify(await store.userHash(body.email), body.password))) return reply.code(401).send();
  const [id, secret] = [randomUUID(), newSecret()];
  await store.open(id, sha256(secret));
  return { token: tokenFor(id), refreshToken: `${id}.${secret}` };
});

server.post<{ Body: { refreshToken: string } }>('/auth/refresh-token', async ({ body }, reply) => {
  const [id, secret] = body.refreshToken.split('.');
  const [present, next] = [sha256(secret), newSecret()];
  if ((await store.sessionHash(id)) !== present) return reply.code(401).send();
  await store.rotate(id, present, sha256(next));
  return { token: tokenFor(id), refreshToken: `${id}.${next}` };
});

server.get('/user/sessions/current', (request, reply) => {
  const [, token = ''] = request.headers.authorization?.split(' ') ?? [];
  return sessionOf.has(token) ? RAW_ANSWER : reply.code(401).send();
});

await hasher.onModuleInit();
await store.addUser('floor@example.com', await hasher.hash(PASSWORD));
process.stdout.write(`${await server.listen({ port: 0, host: '127.0.0.1' })}\n`);
process.on('SIGTERM', () => process.exit(0));
