import { Column, Entity, Index } from 'typeorm';
import { IdColumn, MomentColumn } from '../database/columns.js';

/**
 * One security event (OWASP Logging Cheat Sheet). Rows are only added; deleting an account blanks its address in them, and housekeeping
 * deletes them after AUDIT_RETENTION_DAYS.
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

  /** The client's network: its IP address with the last bits masked. */
  @Column({ type: 'varchar', length: 64, nullable: true })
  network: string | null;

  @Column({ type: 'varchar', length: 64, nullable: true })
  requestId: string | null;
}
