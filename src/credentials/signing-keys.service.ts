import { createPrivateKey, createPublicKey, generateKeyPairSync, JsonWebKey, KeyObject } from 'node:crypto';
import { Injectable, OnModuleInit } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { Clock, DAY_MS, MINUTE_MS, SECOND_MS } from '../common/clock.js';
import { Secrets } from '../secrets/secrets.js';
import { CredentialsSettings } from './credentials.settings.js';
import { isUniqueViolation } from '../database/database-errors.js';
import { Database } from '../database/database.js';
import { Transaction } from '../database/transaction.js';
import { SigningKey } from './signing-key.entity.js';

/** How often each instance reloads the keys: all must know a key before it signs. */
const RELOAD_MS = MINUTE_MS;
/** Time between publishing a key and signing with it: several reloads, and time for clients that cache the JWKS. */
export const PUBLISH_LEAD_MS = 10 * MINUTE_MS;
/** Minimum time between reloads for an unknown `kid`, which anybody can make up. */
const UNKNOWN_KEY_RELOAD_MS = 5 * SECOND_MS;

interface LoadedKey {
  id: string;
  sequence: number;
  /** Undefined when it is encrypted under a secret that this instance lacks, during a change of the secret. Then it only verifies. */
  privateKey?: KeyObject;
  publicKey: KeyObject;
  jwk: JsonWebKey & { kid: string; use: string; alg: string };
  signsFrom: number;
}

type SigningKeyPair = LoadedKey & { privateKey: KeyObject };

/** The ES256 key pairs of access tokens: stored encrypted, published as JWKS, rotated by age or by command. */
@Injectable()
export class SigningKeysService implements OnModuleInit {
  private keys: LoadedKey[] = [];
  private loadedAt = -Infinity;
  private loading?: Promise<void>;

  constructor(
    @InjectRepository(SigningKey) private readonly signingKeys: Repository<SigningKey>,
    private readonly database: Database,
    private readonly secrets: Secrets,
    private readonly clock: Clock,
    private readonly settings: CredentialsSettings,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.reload();
    if (this.keys.length === 0) await this.add(this.clock.now());
  }

  /** The key that signs now. */
  async current(): Promise<{ id: string; privateKey: KeyObject }> {
    await this.reloadIfOlderThan(RELOAD_MS);
    const now = this.clock.now().getTime();
    const newest = this.keys[this.keys.length - 1];
    if (newest.signsFrom + this.settings.SIGNING_KEY_DAYS * DAY_MS - PUBLISH_LEAD_MS <= now) await this.rotate();
    const own = this.keys.filter((key): key is SigningKeyPair => key.privateKey !== undefined);
    const key = own.findLast(({ signsFrom }) => signsFrom <= now) ?? own.at(0);
    if (!key) throw new Error('No signing key opens under APP_SECRET.');
    return key;
  }

  /** The public key of a token's `kid`; undefined when there is no such key. */
  async publicKey(id: string): Promise<KeyObject | undefined> {
    const find = () => this.keys.find((key) => key.id === id)?.publicKey;
    await this.reloadIfOlderThan(find() ? RELOAD_MS : UNKNOWN_KEY_RELOAD_MS);
    return find();
  }

  /** The public keys (RFC 7517), the next one included. */
  async jwks(): Promise<{ keys: JsonWebKey[] }> {
    await this.reloadIfOlderThan(RELOAD_MS);
    return { keys: this.keys.map((key) => key.jwk) };
  }

  /** Publishes the next key, which signs after PUBLISH_LEAD_MS, and removes keys whose tokens have all expired. */
  async rotate(): Promise<void> {
    await this.add(this.clock.in(PUBLISH_LEAD_MS));
    const now = this.clock.now().getTime();
    const tokenLifeMs = this.settings.ACCESS_TOKEN_SECONDS * SECOND_MS + RELOAD_MS + MINUTE_MS;
    const dead = this.keys.filter((_, i) => i + 1 < this.keys.length && this.keys[i + 1].signsFrom + tokenLifeMs < now);
    if (dead.length === 0) return;
    await this.database.write((tx) =>
      tx.manager.delete(
        SigningKey,
        dead.map((key) => key.id),
      ),
    );
    await this.reload();
  }

  /** Adds a key. When another instance was faster (the sequence number is unique), uses that instance's key. */
  private async add(signsFrom: Date): Promise<void> {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const id = uuid();
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    const row = {
      id,
      sequence: (this.keys.at(-1)?.sequence ?? 0) + 1,
      publicKey: JSON.stringify({ ...publicKey.export({ format: 'jwk' }), kid: id, use: 'sig', alg: 'ES256' }),
      privateKey: this.secrets.encrypt(pem, id),
      createdAt: this.clock.now(),
      signsFrom,
    };
    try {
      await this.database.write((tx: Transaction) => tx.manager.insert(SigningKey, row));
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
    }
    await this.reload();
  }

  private async reloadIfOlderThan(ageMs: number): Promise<void> {
    if (Math.abs(this.clock.now().getTime() - this.loadedAt) >= ageMs) {
      this.loading ??= this.reload().finally(() => (this.loading = undefined));
      await this.loading;
    }
  }

  private async reload(): Promise<void> {
    const known = new Map(this.keys.map((key) => [key.id, key]));
    const rows = await this.signingKeys.find({ order: { sequence: 'ASC' } });
    this.keys = rows.map((row) => known.get(row.id) ?? this.open(row));
    this.loadedAt = this.clock.now().getTime();
  }

  private open(row: SigningKey): LoadedKey {
    const jwk = JSON.parse(row.publicKey) as LoadedKey['jwk'];
    return {
      id: row.id,
      sequence: row.sequence,
      // As KeyObject: parsing a key on every use would cost forty times the signature check.
      privateKey:
        this.secrets.sealOf(row.privateKey, row.id) && createPrivateKey(this.secrets.decrypt(row.privateKey, row.id)),
      publicKey: createPublicKey({ key: jwk, format: 'jwk' }),
      jwk,
      signsFrom: row.signsFrom.getTime(),
    };
  }
}
