import { createHmac, createPublicKey, generateKeyPairSync, KeyObject, randomBytes, sign } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import { makeApiKey, refresh } from '../support/credentials.js';
import { base64url, Claims, currentKey, decode, Jwt, signingInput, signJwt } from '../support/jwt.js';
import { join, Person } from '../support/people.js';
import { openSession } from '../support/sessions.js';
import { startApp, TestApp } from '../support/start-app.js';

let service: TestApp;
let ada: Person;
let key: KeyObject;
beforeAll(async () => {
  service = await startApp();
  ada = await join(service);
  key = await currentKey(service);
});
afterAll(() => service.close());

const mallory = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** A token of Ada's as the service makes it, not yet signed, with a few things changed. */
function tokenOfAda(header: Claims = {}, payload: Claims = {}): Jwt {
  const good = decode(ada.token);
  return { header: { ...good.header, ...header }, payload: { ...good.payload, jti: uuid(), ...payload } };
}

const answerTo = (token: string) => service.api.as({ token }).get('/user/me');

async function expectRefused(token: string): Promise<void> {
  const { status, body } = await answerTo(token);
  expect([status, ['TOKEN_INVALID', 'UNAUTHORIZED'].includes(body.code)]).toEqual([401, true]);
}

type Attacks = Record<string, () => string | Promise<string>>;

function refuses(attacks: Attacks): void {
  it.each(Object.entries(attacks))('with 401: %s', async (_, attack) => expectRefused(await attack()));
}

describe('The builder of these attacks', () => {
  it('makes tokens that are accepted as long as nothing is wrong with them', async () => {
    expect((await answerTo(signJwt(tokenOfAda(), key))).status).toBe(200);
    expect((await answerTo(ada.token)).status).toBe(200);
  });
});

describe('Without a signature: a token is refused', () => {
  const algorithms = ['none', 'None', 'NONE', 'nOnE', 'none ', '', null, undefined, 0, [], ['ES256'], {}];
  const unsigned = algorithms.map((alg): [string, () => string] => [
    `with alg ${JSON.stringify(alg)}`,
    () => `${signingInput(tokenOfAda({ alg }))}.`,
  ]);
  refuses({
    ...Object.fromEntries(unsigned),
    'with alg none and a signature': () => signJwt(tokenOfAda({ alg: 'none' }), key),
    'with alg none, typ none': () => `${signingInput(tokenOfAda({ alg: 'none', typ: 'none', kid: undefined }))}.`,
    'with alg ES256 and an empty signature': () => `${signingInput(tokenOfAda())}.`,
    'of two parts': () => signingInput(tokenOfAda()),
    'of four parts': () => `${ada.token}.${ada.token.split('.')[2]}`,
    'of five parts, as an encrypted one': () => `${base64url({ alg: 'dir', enc: 'A128GCM' })}..${ada.token}.x`,
    'of nothing but a header': () => `${ada.token.split('.')[0]}..`,
  });
});

describe('Signed with what everybody knows: a token is refused', () => {
  const publicKey = () => createPublicKey(key);
  const jwk = () => publicKey().export({ format: 'jwk' });
  const point = () => Buffer.concat([jwk().x, jwk().y].map((part) => Buffer.from(String(part), 'base64url')));
  const publicForms: Record<string, () => string | Buffer> = {
    'the PEM': () => publicKey().export({ type: 'spki', format: 'pem' }),
    'the PEM without its last line break': () => String(publicKey().export({ type: 'spki', format: 'pem' })).trim(),
    'the DER': () => publicKey().export({ type: 'spki', format: 'der' }),
    'the JWK': () => JSON.stringify(jwk()),
    'the published JWK': () =>
      JSON.stringify({ ...jwk(), kid: decode(ada.token).header.kid, use: 'sig', alg: 'ES256' }),
    'the raw point': point,
    'the raw point with its prefix': () => Buffer.concat([Buffer.from([4]), point()]),
    'the kid': () => String(decode(ada.token).header.kid),
    nothing: () => '',
  };
  const attacks: Attacks = {};
  for (const [name, form] of Object.entries(publicForms)) {
    for (const [alg, digest] of [
      ['HS256', 'sha256'],
      ['HS512', 'sha512'],
      ['ES256', 'sha256'],
    ]) {
      attacks[`${alg} by ${name}`] = () => {
        const input = signingInput(tokenOfAda({ alg }));
        return `${input}.${createHmac(digest, form()).update(input).digest('base64url')}`;
      };
    }
  }
  refuses(attacks);
});

describe('Signed with somebody else’s key: a token is refused', () => {
  const jwk = { ...mallory.publicKey.export({ format: 'jwk' }), kid: 'mallory', use: 'sig', alg: 'ES256' };
  const forged = (header: Claims) => signJwt(tokenOfAda(header), mallory.privateKey);
  const url = 'http://127.0.0.1:9/keys.json';
  const onCurve = (namedCurve: string, alg: string, digest: string) => () =>
    signJwt(tokenOfAda({ alg }), generateKeyPairSync('ec', { namedCurve }).privateKey, digest);
  refuses({
    'under our kid': () => forged({}),
    'under a kid of theirs': () => forged({ kid: uuid() }),
    'with the key embedded': () => forged({ jwk }),
    'with the key embedded, without a kid': () => forged({ jwk, kid: undefined }),
    'with the key embedded, under its kid': () => forged({ jwk, kid: 'mallory' }),
    'with jku': () => forged({ jku: url, kid: 'mallory' }),
    'with x5u': () => forged({ x5u: url }),
    'with x5c': () => forged({ x5c: [mallory.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')] }),
    'on secp256k1': onCurve('secp256k1', 'ES256', 'sha256'),
    'on secp256k1 as ES256K': onCurve('secp256k1', 'ES256K', 'sha256'),
    'on P-384': onCurve('P-384', 'ES256', 'sha256'),
    'on P-384 as ES384': onCurve('P-384', 'ES384', 'sha384'),
    'of RSA': () => {
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const input = signingInput(tokenOfAda({ alg: 'RS256' }));
      return `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`;
    },
    'of Ed25519': () => {
      const input = signingInput(tokenOfAda({ alg: 'EdDSA' }));
      const { privateKey } = generateKeyPairSync('ed25519');
      return `${input}.${sign(null, Buffer.from(input), privateKey).toString('base64url')}`;
    },
  });
});

describe('With a signature that is none: a token is refused', () => {
  const ORDER = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');
  const one = Buffer.concat([Buffer.alloc(31), Buffer.from([1])]);
  const zero = Buffer.alloc(32);
  const signedBy = (...parts: Buffer[]) =>
    `${signingInput(tokenOfAda())}.${Buffer.concat(parts).toString('base64url')}`;
  const signature = () => Buffer.from(ada.token.split('.')[2], 'base64url');
  const withSignature = (bytes: Buffer) =>
    `${ada.token.split('.').slice(0, 2).join('.')}.${bytes.toString('base64url')}`;
  refuses({
    'of 64 zero bytes': () => signedBy(zero, zero),
    'of zero in DER': () => signedBy(Buffer.from('3006020100020100', 'hex')),
    'of an empty DER sequence': () => signedBy(Buffer.from('3000', 'hex')),
    'of r = s = order of the curve': () => signedBy(ORDER, ORDER),
    'of r = order, s = 1': () => signedBy(ORDER, one),
    'of r = 0, s = 1': () => signedBy(zero, one),
    'of r = 1, s = 0': () => signedBy(one, zero),
    'of 64 bytes 0xff': () => signedBy(Buffer.alloc(64, 0xff)),
    'of random bytes': () => signedBy(randomBytes(64)),
    'with a byte less': () => withSignature(signature().subarray(0, -1)),
    'with a byte more': () => withSignature(Buffer.concat([signature(), Buffer.alloc(1)])),
    'with a bit flipped': () => withSignature(signature().map((byte, i) => (i === 40 ? byte ^ 1 : byte)) as Buffer),
    'in DER form': () => {
      const input = signingInput(tokenOfAda());
      return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
    },
    'of another digest': () => signJwt(tokenOfAda(), key, 'sha384'),
    'of another token': () => `${signingInput(tokenOfAda())}.${ada.token.split('.')[2]}`,
    'of another header': () =>
      `${base64url({ ...decode(ada.token).header, x: 1 })}.${ada.token.split('.').slice(1).join('.')}`,
  });
  it.each(['es256', 'ES384', 'ES512', 'ES256K', 'HS256', 'RS256', 'PS256', 'EdDSA', 'ES256 ', ' ES256'])(
    'of ours, but called %j',
    (alg) => expectRefused(signJwt(tokenOfAda({ alg }), key)),
  );
});

describe('A good credential in the wrong place is refused:', () => {
  refuses({
    'a refresh token as access token': () => ada.refreshToken,
    'an API key as access token': () => makeApiKey(service, ada),
    'the id of a session': () => String(decode(ada.token).payload.sid),
    'a token of another service that has our keys': async () => {
      const sibling = await service.another({ PUBLIC_URL: 'https://sibling.test' });
      return (await openSession(sibling, ada)).token;
    },
    'the token of an ended session': async () => {
      const { token } = await openSession(service, ada);
      await service.api.as({ token }).post('/auth/logout');
      return token;
    },
    'a new token of an ended session': async () => {
      const { token } = await openSession(service, ada);
      await service.api.as({ token }).post('/auth/logout');
      return signJwt({ ...decode(token), payload: { ...decode(token).payload, jti: uuid() } }, key);
    },
    'the token of a deleted user': async () => {
      const bob = await join(service);
      await service.api.as({ token: bob.token }).delete('/user', { password: bob.password });
      return bob.token;
    },
    'a token from before a change of the password': async () => {
      const bob = await join(service);
      const { token } = await openSession(service, bob);
      const change = { oldPassword: bob.password, newPassword: 'a later horse of another colour' };
      await service.api.as({ token }).post('/auth/change-password', change);
      return bob.token;
    },
  });

  it('an access token as refresh token', async () => {
    expect((await refresh(service, ada.token)).status).toBe(401);
    expect((await refresh(service, signJwt(tokenOfAda({ typ: 'refresh' }), key))).status).toBe(401);
  });
});
