import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DatabaseSettings } from '../database/database.settings.js';
import { appSecret } from './app-secret.js';
import { SecretsSettings } from './secrets.settings.js';

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Derives all keys of the service from its secret (HKDF, RFC 5869), one per purpose. During a change of the secret there are two. */
@Injectable()
export class Secrets {
  /** APP_SECRET and, if set, APP_SECRET_PREVIOUS. */
  private readonly secrets: string[];
  private readonly keys = new Map<string, Buffer>();

  constructor(settings: SecretsSettings, database: DatabaseSettings) {
    const current = appSecret(settings, database);
    this.secrets = [...new Set([current, settings.APP_SECRET_PREVIOUS ?? current])];
  }

  get hasPrevious(): boolean {
    return this.secrets.length > 1;
  }

  /** HMAC-SHA256 under the key of this purpose. Parts are length-prefixed, so that no two lists of parts collide. */
  mac(purpose: string, ...parts: string[]): Buffer {
    return this.macUnder(this.secrets[0], purpose, parts);
  }

  /** The same whichever of two secrets is the current one: instances that are half-way through a change count together. */
  sharedMac(purpose: string, ...parts: string[]): Buffer {
    const [first] = [...this.secrets].sort();
    return this.macUnder(first, purpose, parts);
  }

  /** The same under each secret, the current one first, for values that may be older than the change of the secret. */
  macs(purpose: string, ...parts: string[]): Buffer[] {
    return this.secrets.map((secret) => this.macUnder(secret, purpose, parts));
  }

  /** Compares in constant time, under each secret, with the beginning of a MAC as long as `given`. */
  isMac(given: Buffer, purpose: string, ...parts: string[]): boolean {
    const equal = this.macs(purpose, ...parts).map((mac) => timingSafeEqual(mac.subarray(0, given.length), given));
    return equal.includes(true);
  }

  /** AES-256-GCM. `context` (a row's id) must be the same at decryption, so that values cannot be swapped between rows. */
  encrypt(plaintext: string, context: string): string {
    const iv = randomBytes(IV_BYTES);
    const key = this.key(this.secrets[0], 'encryption');
    const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context));
    const sealed = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, sealed, cipher.getAuthTag()]).toString('base64url');
  }

  /** Throws when the text was changed, or encrypted under another secret or context. */
  decrypt(ciphertext: string, context: string): string {
    const plaintext = this.open(ciphertext, context)?.plaintext;
    if (plaintext === undefined) throw new Error('A sealed text was changed, or sealed under another APP_SECRET.');
    return plaintext;
  }

  /** Which secret a text was encrypted under; undefined when none decrypts it. */
  sealOf(ciphertext: string, context: string): 'current' | 'previous' | undefined {
    const opened = this.open(ciphertext, context);
    return opened && (opened.index === 0 ? 'current' : 'previous');
  }

  private open(ciphertext: string, context: string): { plaintext: string; index: number } | undefined {
    for (const [index, secret] of this.secrets.entries()) {
      try {
        return { plaintext: this.decryptUnder(secret, ciphertext, context), index };
      } catch {
        // Another secret may decrypt it.
      }
    }
    return undefined;
  }

  private decryptUnder(secret: string, ciphertext: string, context: string): string {
    const bytes = Buffer.from(ciphertext, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', this.key(secret, 'encryption'), bytes.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8');
  }

  private macUnder(secret: string, purpose: string, parts: string[]): Buffer {
    const hmac = createHmac('sha256', this.key(secret, purpose));
    for (const part of parts) hmac.update(`${Buffer.byteLength(part)}:${part}`);
    return hmac.digest();
  }

  private key(secret: string, purpose: string): Buffer {
    const name = `${this.secrets.indexOf(secret)} ${purpose}`;
    let key = this.keys.get(name);
    if (!key) {
      key = Buffer.from(hkdfSync('sha256', secret, 'talkstack-server', purpose, 32));
      this.keys.set(name, key);
    }
    return key;
  }
}
