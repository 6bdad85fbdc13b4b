import { CreateUsers } from './1780000000001-create-users.js';
import { CreateSignupAttempts } from './1780000000002-create-signup-attempts.js';
import { CreateAddressLimits } from './1780000000003-create-address-limits.js';
import { CreateSessions } from './1780000000004-create-sessions.js';
import { CreateResetTokens } from './1780000000005-create-reset-tokens.js';
import { CreateApiKeys } from './1780000000006-create-api-keys.js';
import { CreateSigningKeys } from './1780000000007-create-signing-keys.js';
import { CreateLetters } from './1780000000008-create-letters.js';
import { CreateAuditEvents } from './1780000000009-create-audit-events.js';
import { CreateCounters } from './1780000000010-create-counters.js';
import { CreateProjects } from './1780000000011-create-projects.js';
import { CreateAgents } from './1780000000012-create-agents.js';
import { CreatePhoneNumbers } from './1780000000013-create-phone-numbers.js';
import { AddSignupOrigins } from './1780000000140-add-signup-origins.js';
import { CreateAddressLimitsAnew } from './1780000000141-create-address-limits-anew.js';
import { AddLockedUsers } from './1780000000160-add-locked-users.js';
import { CreateThrottleResets } from './1780000000161-create-throttle-resets.js';
import { CreateCalls } from './1780000000170-create-calls.js';
import { CreateCallTotals } from './1780000000171-create-call-totals.js';
import { CreateCallRequests } from './1780000000172-create-call-requests.js';
import { CreateSuppressedNumbers } from './1780000000173-create-suppressed-numbers.js';
import { CreateCallTurns } from './1780000000174-create-call-turns.js';
import { CreateSecretMarks } from './1780000000180-create-secret-marks.js';
import { CreateWebhookSecrets } from './1780000000190-create-webhook-secrets.js';
import { AddAgentSettings } from './1780000000195-add-agent-settings.js';
import { CreateRecordings } from './1780000000198-create-recordings.js';
import { CreateWebhookDeliveries } from './1780000000200-create-webhook-deliveries.js';
import { CreateWebhookContents } from './1780000000201-create-webhook-contents.js';

/** Every migration, in the order in which it is applied, on every database. */
export const MIGRATIONS = [
  CreateUsers,
  CreateSignupAttempts,
  CreateAddressLimits,
  CreateSessions,
  CreateResetTokens,
  CreateApiKeys,
  CreateSigningKeys,
  CreateLetters,
  CreateAuditEvents,
  CreateCounters,
  CreateProjects,
  CreateAgents,
  CreatePhoneNumbers,
  AddSignupOrigins,
  CreateAddressLimitsAnew,
  AddLockedUsers,
  CreateThrottleResets,
  CreateCalls,
  CreateCallTotals,
  CreateCallRequests,
  CreateSuppressedNumbers,
  CreateCallTurns,
  CreateSecretMarks,
  CreateWebhookSecrets,
  AddAgentSettings,
  CreateRecordings,
  CreateWebhookDeliveries,
  CreateWebhookContents,
];
