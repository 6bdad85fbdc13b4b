import { KeyObject, sign } from 'node:crypto';
import { SigningKeysService } from '../../src/credentials/signing-keys.service.js';
import { TestApp } from './start-app.js';

export type Claims = Record<string, unknown>;

/** What a JWT is made of, before it is signed. */
export interface Jwt {
  header: Claims;
  payload: Claims;
}

export function base64url(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
}

/** Takes a JWT apart without looking at its signature. */
export function decode(token: string): Jwt {
  const [header, payload] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString('utf8'));
  return { header: JSON.parse(header), payload: JSON.parse(payload) };
}

/** The part of a JWT that is signed. */
export function signingInput({ header, payload }: Jwt): string {
  return `${base64url(header)}.${base64url(payload)}`;
}

/** Header and payload as they are given, with an ECDSA signature in the form of RFC 7518. */
export function signText(header: string, payload: string, key: KeyObject, digest = 'sha256'): string {
  const input = `${header}.${payload}`;
  return `${input}.${sign(digest, Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

export function signJwt({ header, payload }: Jwt, key: KeyObject, digest?: string): string {
  return signText(base64url(header), base64url(payload), key, digest);
}

/** The key that signs the service's tokens now. */
export async function currentKey(service: TestApp): Promise<KeyObject> {
  return (await service.app.get(SigningKeysService).current()).privateKey;
}
