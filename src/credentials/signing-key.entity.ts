import { Column, Entity, Index } from 'typeorm';
import { IdColumn, MomentColumn } from '../database/columns.js';
import { SealedColumn } from '../secrets/sealed-column.js';

/** An ES256 key pair for access tokens. It is published before it signs, and kept until its last token has expired. */
@Entity('signing_keys')
export class SigningKey {
  /** The `kid` of the tokens it signs. */
  @IdColumn()
  id: string;

  /** Order of the keys. Unique, so that instances that rotate at the same time create only one key. */
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

  /** The key signs from here until `signsFrom` of the next key. */
  @MomentColumn()
  signsFrom: Date;
}
