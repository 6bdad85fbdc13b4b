import { Column, Entity, Index } from 'typeorm';
import { IdColumn, MomentColumn } from '../database/columns.js';
import { SealedColumn } from '../secrets/sealed-column.js';

/** A key pair for access tokens (ES256). It is published before it signs and stays as long as its tokens live. */
@Entity('signing_keys')
export class SigningKey {
  /** The `kid` of the tokens it signs. */
  @IdColumn()
  id: string;

  /** Place in the order of keys. Unique, so that instances that rotate together make one key, not several. */
  @Index('signing_keys_sequence_unique', { unique: true })
  @Column({ type: 'int' })
  sequence: number;

  /** JWK as JSON (RFC 7517). */
  @Column({ type: 'text' })
  publicKey: string;

  /** PKCS #8 in PEM, encrypted under the server's secret. */
  @SealedColumn()
  privateKey: string;

  @MomentColumn()
  createdAt: Date;

  /** From this moment on it is the one that signs, until the next key's moment. */
  @MomentColumn()
  signsFrom: Date;
}
