import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditEvent } from './audit-event.entity.js';
import { KEPT_AUDIT_EVENTS } from './audit.kept.js';
import { AuditService } from './audit.service.js';

/** The log of security events. */
@Module({
  imports: [TypeOrmModule.forFeature([AuditEvent])],
  providers: [AuditService, KEPT_AUDIT_EVENTS],
  exports: [AuditService],
})
export class AuditModule {}
