import { EntityTarget, FindOptionsWhere, In, LessThan } from 'typeorm';
import { AuditEvent } from '../audit/audit-event.entity.js';
import { AddressLimits } from '../auth/address-limits.entity.js';
import { ResetToken } from '../auth/reset-token.entity.js';
import { SignupAttempt } from '../auth/signup-attempt.entity.js';
import { CallRequest } from '../calls/call-request.entity.js';
import { DAY_MS } from '../common/clock.js';
import { AuditSettings } from '../audit/audit.settings.js';
import { CredentialsSettings } from '../credentials/credentials.settings.js';
import { ApiKey } from '../credentials/api-key.entity.js';
import { Session } from '../credentials/session.entity.js';
import { Letter, LETTER_STATE } from '../mail/letter.entity.js';
import { Project } from '../projects/project.entity.js';
import { Counter } from '../throttling/counter.entity.js';
import { ThrottleReset } from '../throttling/throttle-reset.entity.js';
import { WebhookDelivery } from '../webhooks/webhook-delivery.entity.js';
import { WebhooksSettings } from '../webhooks/webhooks.settings.js';

/** Settled letters stay so long for whoever asks whether one was sent. */
const LETTER_DAYS = 30;
const SETTLED = [LETTER_STATE.SENT, LETTER_STATE.DEAD, LETTER_STATE.VOID];
/** The longest window that is counted for an address is a day. */
const ADDRESS_LIMIT_DAYS = 2;
/** A repeated request is known for a day. */
const CALL_REQUEST_DAYS = 1;
/** What a deleted project was called may be asked for so long. */
const DELETED_PROJECT_DAYS = 90;

/** Rows of one table that have had their time. */
export interface RetentionRule {
  entity: EntityTarget<object>;
  outdated: FindOptionsWhere<object>;
}

function rule<Row extends object>(entity: EntityTarget<Row>, outdated: FindOptionsWhere<Row>): RetentionRule {
  return { entity, outdated };
}

/** How long everything that grows is kept: the whole of it, in one place. */
type RetentionSettings = Pick<CredentialsSettings, 'SESSION_IDLE_DAYS'> &
  Pick<AuditSettings, 'AUDIT_RETENTION_DAYS'> &
  Pick<WebhooksSettings, 'WEBHOOK_RETENTION_DAYS'>;

export function retentionRules(now: Date, settings: RetentionSettings): RetentionRule[] {
  const daysAgo = (days: number) => new Date(now.getTime() - days * DAY_MS);
  return [
    rule(Session, { expiresAt: LessThan(now) }),
    rule(SignupAttempt, { createdAt: LessThan(daysAgo(settings.SESSION_IDLE_DAYS)) }),
    rule(ResetToken, { expiresAt: LessThan(now) }),
    rule(ApiKey, { expiresAt: LessThan(now) }),
    rule(CallRequest, { createdAt: LessThan(daysAgo(CALL_REQUEST_DAYS)) }),
    rule(Counter, { resetsAt: LessThan(now) }),
    rule(ThrottleReset, { at: LessThan(daysAgo(ADDRESS_LIMIT_DAYS)) }),
    rule(AddressLimits, { touchedAt: LessThan(daysAgo(ADDRESS_LIMIT_DAYS)) }),
    rule(Letter, { state: In(SETTLED), nextTryAt: LessThan(daysAgo(LETTER_DAYS)) }),
    rule(WebhookDelivery, { settledAt: LessThan(daysAgo(settings.WEBHOOK_RETENTION_DAYS)) }),
    rule(Project, { deletedAt: LessThan(daysAgo(DELETED_PROJECT_DAYS)) }),
    rule(AuditEvent, { at: LessThan(daysAgo(settings.AUDIT_RETENTION_DAYS)) }),
  ];
}
