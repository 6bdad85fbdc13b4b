import { Column, Entity, Index } from 'typeorm';
import { IdColumn, MomentColumn } from '../database/columns.js';

/**
 * One security event. Rows are only ever added, lose their address with its account, and go when their retention ends (OWASP
 * Logging Cheat Sheet).
 */
@Entity('audit_events')
@Index('audit_events_email_at', ['email', 'at'])
export class AuditEvent {
  @IdColumn()
  id: string;

  @Index('audit_events_at')
  @MomentColumn()
  at: Date;

  /** What happened: one of AUDIT_EVENT. */
  @Column({ type: 'varchar', length: 40 })
  type: string;

  @Index('audit_events_user_id')
  @Column({ type: 'varchar', length: 36, nullable: true })
  userId: string | null;

  @Column({ type: 'varchar', length: 254, nullable: true })
  email: string | null;

  /** Network of the client, its last bits masked. */
  @Column({ type: 'varchar', length: 64, nullable: true })
  network: string | null;

  @Column({ type: 'varchar', length: 64, nullable: true })
  requestId: string | null;
}
