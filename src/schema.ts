import { Agent } from './agents/agent.entity.js';
import { AuditEvent } from './audit/audit-event.entity.js';
import { AddressLimits } from './auth/address-limits.entity.js';
import { ResetToken } from './auth/reset-token.entity.js';
import { SignupAttempt } from './auth/signup-attempt.entity.js';
import { CallRequest } from './calls/call-request.entity.js';
import { CallTotal } from './calls/call-total.entity.js';
import { CallTurn } from './calls/call-turn.entity.js';
import { Call } from './calls/call.entity.js';
import { Recording } from './calls/recordings/recording.entity.js';
import { SuppressedNumber } from './calls/suppressed-number.entity.js';
import { ApiKey } from './credentials/api-key.entity.js';
import { Session } from './credentials/session.entity.js';
import { SigningKey } from './credentials/signing-key.entity.js';
import { Schema } from './database/database-options.js';
import { MIGRATIONS } from './database/migrations/index.js';
import { Letter } from './mail/letter.entity.js';
import { PhoneNumber } from './phone-numbers/phone-number.entity.js';
import { Project } from './projects/project.entity.js';
import { SecretMark } from './secrets/secret-mark.entity.js';
import { Counter } from './throttling/counter.entity.js';
import { ThrottleReset } from './throttling/throttle-reset.entity.js';
import { User } from './users/user.entity.js';
import { WebhookContent } from './webhooks/webhook-content.entity.js';
import { WebhookDelivery } from './webhooks/webhook-delivery.entity.js';
import { WebhookSecret } from './webhooks/webhook-secret.entity.js';

/** All tables of the service: the one list of entities and the one list of migrations, which are handed down to the database. */
export const SCHEMA: Schema = {
  entities: [
    User,
    SignupAttempt,
    AddressLimits,
    Session,
    ResetToken,
    ApiKey,
    SigningKey,
    SecretMark,
    Letter,
    AuditEvent,
    Counter,
    ThrottleReset,
    Project,
    Agent,
    PhoneNumber,
    Call,
    CallTotal,
    CallRequest,
    CallTurn,
    SuppressedNumber,
    WebhookSecret,
    Recording,
    WebhookDelivery,
    WebhookContent,
  ],
  migrations: MIGRATIONS,
};
