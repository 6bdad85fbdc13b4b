import { ApiProperty } from '@nestjs/swagger';
import { LessThan } from 'typeorm';
import { daysBefore } from '../common/clock.js';
import { ExportedAs } from '../kept-data/exported-data.js';
import { keeps } from '../kept-data/keeps.js';
import { AuditEvent } from './audit-event.entity.js';
import { AUDIT_EVENT, type AuditEventType } from './audit-events.js';
import { AuditService } from './audit.service.js';
import { AuditSettings } from './audit.settings.js';

@ExportedAs('securityEvents', 'What the audit log has of the user and the address.')
export class ExportedEvent {
  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-01T00:00:00.000Z' })
  at: string;

  @ApiProperty({ enum: Object.values(AUDIT_EVENT), example: AUDIT_EVENT.LOGGED_IN })
  type: AuditEventType;

  @ApiProperty({
    type: String,
    nullable: true,
    example: '203.0.113.0/24',
    description: 'Network that it came from, its last bits masked.',
  })
  network: string | null;

  static of({ at, type, network }: AuditEvent): ExportedEvent {
    return { at: at.toISOString(), type: type as AuditEventType, network };
  }
}

export const KEPT_AUDIT_EVENTS = keeps<AuditEvent, [AuditService, AuditSettings]>(
  (audit, { AUDIT_RETENTION_DAYS }) => ({
    entity: AuditEvent,
    ofUser: ({ id, email }) => [{ userId: id }, { email }],
    exported: { as: ExportedEvent, newestBy: ['at', 'id'] },
    outdated: (now) => ({ at: LessThan(daysBefore(now, AUDIT_RETENTION_DAYS)) }),
    withAccount: (transaction, { email }) => audit.forget(transaction, email),
  }),
  [AuditService, AuditSettings],
);
