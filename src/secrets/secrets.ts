import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DatabaseSettings } from '../database/database.settings.js';
import { appSecret } from './app-secret.js';
import { SecretsSettings } from './secrets.settings.js';

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** All keys of the service, derived from the one secret (HKDF, RFC 5869), one key per purpose. */
@Injectable()
export class Secrets {
  private readonly secret: string;
  private readonly keys = new Map<string, Buffer>();

  constructor(settings: SecretsSettings, database: DatabaseSettings) {
    this.secret = appSecret(settings, database);
  }

  /** HMAC-SHA256 under the key of this purpose. Parts are length-prefixed, so that no two lists of parts collide. */
  mac(purpose: string, ...parts: string[]): Buffer {
    const hmac = createHmac('sha256', this.key(purpose));
    for (const part of parts) hmac.update(`${Buffer.byteLength(part)}:${part}`);
    return hmac.digest();
  }

  /** AES-256-GCM; `context` (a row's id, say) must be the same at decryption, so that no row can take another's place. */
  encrypt(plaintext: string, context: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key('encryption'), iv).setAAD(Buffer.from(context));
    const sealed = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, sealed, cipher.getAuthTag()]).toString('base64url');
  }

  /** Throws when the text was changed, or encrypted under another secret or context. */
  decrypt(ciphertext: string, context: string): string {
    const bytes = Buffer.from(ciphertext, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', this.key('encryption'), bytes.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8');
  }

  private key(purpose: string): Buffer {
    let key = this.keys.get(purpose);
    if (!key) {
      key = Buffer.from(hkdfSync('sha256', this.secret, 'talkstack-server', purpose, 32));
      this.keys.set(purpose, key);
    }
    return key;
  }
}
