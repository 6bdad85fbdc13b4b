import { Column, Entity, Index } from 'typeorm';
import { IdColumn, MomentColumn } from '../database/columns.js';

/** A login on one device. The row is deleted when the session ends; its refresh token rotates within the row. */
@Entity('sessions')
export class Session {
  @IdColumn()
  id: string;

  @Index('sessions_user_id')
  @Column({ type: 'varchar', length: 36 })
  userId: string;

  /** The unverified signup that opened the session; null once verified. Until then the session is inert: its tokens open nothing. */
  @Index('sessions_attempt_id')
  @Column({ type: 'varchar', length: 36, nullable: true })
  attemptId: string | null;

  /** Number of the current refresh token, from 0. */
  @Column({ type: 'int' })
  generation: number;

  /** SHA-256 of the current refresh token. */
  @Column({ type: 'varchar', length: 64 })
  refreshHash: string;

  /** SHA-256 of the previous refresh token. */
  @Column({ type: 'varchar', length: 64, nullable: true })
  previousRefreshHash: string | null;

  /** Nonce from which the current token can be derived again, together with the previous token and the server's secret. */
  @Column({ type: 'varchar', length: 64 })
  rotationNonce: string;

  @Column({ type: 'varchar', length: 255 })
  userAgent: string;

  /** Masked network of the client. */
  @Column({ type: 'varchar', length: 64 })
  network: string;

  @MomentColumn()
  createdAt: Date;

  /** Time of the last rotation, or of the login. */
  @MomentColumn()
  rotatedAt: Date;

  /** When an unused session ends: the earlier of its idle and its absolute limit. */
  @Index('sessions_expires_at')
  @MomentColumn()
  expiresAt: Date;
}
