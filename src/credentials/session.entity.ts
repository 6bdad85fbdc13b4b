import { Column, Entity, Index } from 'typeorm';
import { IdColumn, MomentColumn } from '../database/columns.js';

/** One login on one device. Its row dies when the session ends; its refresh token rotates inside the row. */
@Entity('sessions')
export class Session {
  @IdColumn()
  id: string;

  @Index('sessions_user_id')
  @Column({ type: 'varchar', length: 36 })
  userId: string;

  /** The signup that opened the session, while its mailbox is not proved; such a session is inert. */
  @Index('sessions_attempt_id')
  @Column({ type: 'varchar', length: 36, nullable: true })
  attemptId: string | null;

  /** Number of the present refresh token, counted from 0. */
  @Column({ type: 'int' })
  generation: number;

  /** SHA-256 of the present refresh token. */
  @Column({ type: 'varchar', length: 64 })
  refreshHash: string;

  /** SHA-256 of the refresh token before it. */
  @Column({ type: 'varchar', length: 64, nullable: true })
  previousRefreshHash: string | null;

  /** Random text from which, with the previous token and the server's secret, the present token can be made once more. */
  @Column({ type: 'varchar', length: 64 })
  rotationNonce: string;

  @Column({ type: 'varchar', length: 255 })
  userAgent: string;

  /** Network of the client, its last bits masked. */
  @Column({ type: 'varchar', length: 64 })
  network: string;

  @MomentColumn()
  createdAt: Date;

  /** Moment of the last rotation, or of the login. */
  @MomentColumn()
  rotatedAt: Date;

  /** When the session ends unless it is used before: the earlier of its idle and its absolute end. */
  @Index('sessions_expires_at')
  @MomentColumn()
  expiresAt: Date;
}
