import { Column, Entity } from 'typeorm';
import { IdColumn, MomentColumn } from '../database/columns.js';

/** A key pair for access tokens (ES256). It is published before it signs and stays as long as its tokens live. */
@Entity('signing_keys')
export class SigningKey {
  /** The `kid` of the tokens it signs. */
  @IdColumn()
  id: string;

  /** JWK as JSON (RFC 7517). */
  @Column({ name: 'public_key', type: 'text' })
  publicKey: string;

  /** PKCS #8 in PEM, encrypted under the server's secret. */
  @Column({ name: 'private_key', type: 'text' })
  privateKey: string;

  @MomentColumn({ name: 'created_at' })
  createdAt: Date;

  /** From this moment on it is the one that signs, until the next key's moment. */
  @MomentColumn({ name: 'signs_from' })
  signsFrom: Date;
}
