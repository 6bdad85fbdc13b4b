import { Whole } from '../config/rules.js';
import { ModuleSettings } from '../config/settings.js';

/** Audit log. */
export class AuditSettings extends ModuleSettings {
  /** How long security events are kept, days. */
  @Whole(1, 3650)
  AUDIT_RETENTION_DAYS: number = 365;
}
