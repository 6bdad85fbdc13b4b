import { IsOptional } from 'class-validator';
import { Without } from './rules.js';
import { ModuleSettings } from './settings.js';
import { faultOfSmtpUrl } from './smtp-url.js';

/** Mail server. */
export class MailServerSettings extends ModuleSettings {
  /** Mail server: `smtp://user:password@host:587` or `smtps://…:465`; options by parameters, see below. Unset outside production: the development mailbox. */
  @IsOptional()
  @Without(faultOfSmtpUrl)
  SMTP_URL?: string;

  override faults(): string[] {
    return this.inProduction && this.SMTP_URL === undefined ? ['SMTP_URL must be set in production'] : [];
  }

  /** True when the development mailbox replaces the mail server; never in production. */
  get hasDevelopmentMailbox(): boolean {
    return !this.inProduction && this.SMTP_URL === undefined;
  }
}
