import { AgentsSettings } from './agents/agents.settings.js';
import { AuditSettings } from './audit/audit.settings.js';
import { FlowsSettings } from './auth/flows.settings.js';
import { PasswordHashSettings } from './auth/password-hash.settings.js';
import { CallsSettings } from './calls/calls.settings.js';
import { RecordingsSettings } from './calls/recordings/recordings.settings.js';
import { LogSettings } from './common/log.settings.js';
import { AccountsSettings } from './config/accounts.settings.js';
import { EnvironmentSettings } from './config/environment.settings.js';
import { loadSettings } from './config/load-settings.js';
import { MailServerSettings } from './config/mail-server.settings.js';
import { ProductSettings } from './config/product.settings.js';
import { Settings, SettingsType } from './config/settings.js';
import { CredentialsSettings } from './credentials/credentials.settings.js';
import { DatabaseSettings } from './database/database.settings.js';
import { AddressSettings } from './http/address.settings.js';
import { ConnectionSettings } from './http/connection.settings.js';
import { MailSettings } from './mail/mail.settings.js';
import { ApiDocsSettings } from './openapi/api-docs.settings.js';
import { OperationSettings } from './operation/operation.settings.js';
import { PagesSettings } from './pages/pages.settings.js';
import { PhoneNumbersSettings } from './phone-numbers/phone-numbers.settings.js';
import { ProjectsSettings } from './projects/projects.settings.js';
import { SecretsSettings } from './secrets/secrets.settings.js';
import { LlmSettings } from './llm/llm.settings.js';
import { DeepgramSettings } from './speech/recognition/deepgram.settings.js';
import { RecognitionSettings } from './speech/recognition/recognition.settings.js';
import { ElevenLabsSettings } from './speech/synthesis/eleven-labs.settings.js';
import { SynthesisSettings } from './speech/synthesis/synthesis.settings.js';
import { TelephonySettings } from './telephony/telephony.settings.js';
import { TwilioSettings } from './telephony/twilio/twilio.settings.js';
import { RedisSettings } from './throttling/redis.settings.js';
import { ThrottlingSettings } from './throttling/throttling.settings.js';
import { WebhooksSettings } from './webhooks/webhooks.settings.js';

/** The settings of all modules, in the order of docs/settings.md. They are checked together at the start. */
export const SETTINGS: SettingsType[] = [
  EnvironmentSettings,
  AddressSettings,
  DatabaseSettings,
  SecretsSettings,
  MailServerSettings,
  MailSettings,
  RedisSettings,
  ProductSettings,
  AccountsSettings,
  FlowsSettings,
  CredentialsSettings,
  PasswordHashSettings,
  ProjectsSettings,
  AgentsSettings,
  PhoneNumbersSettings,
  CallsSettings,
  RecordingsSettings,
  TelephonySettings,
  TwilioSettings,
  LlmSettings,
  RecognitionSettings,
  DeepgramSettings,
  SynthesisSettings,
  ElevenLabsSettings,
  WebhooksSettings,
  ThrottlingSettings,
  ConnectionSettings,
  AuditSettings,
  OperationSettings,
  ApiDocsSettings,
  PagesSettings,
  LogSettings,
];

/** Reads and checks every setting of the service; throws InvalidSettingsError. */
export function loadServiceSettings(source?: Record<string, string | undefined>): Settings {
  return loadSettings(SETTINGS, source);
}
