import { IsIn } from 'class-validator';
import { ModuleSettings } from './settings.js';

/** Environment. Production, or development and tests. */
export class EnvironmentSettings extends ModuleSettings {
  /** `production` requires SMTP_URL, MAIL_FROM, APP_SECRET and an https PUBLIC_URL, and has no development mailbox. */
  @IsIn(['development', 'test', 'production'])
  NODE_ENV: 'development' | 'test' | 'production' = 'development';
}
