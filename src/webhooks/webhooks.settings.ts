import { IsOptional } from 'class-validator';
import { hostOf, Satisfies } from '../config/rules.js';
import { ModuleSettings } from '../config/settings.js';

/** Webhooks. */
export class WebhooksSettings extends ModuleSettings {
  /** Hosts that webhooks may lead to by plain http and at private addresses: names or addresses, with commas. */
  @IsOptional()
  @Satisfies(
    (value: string) => value.split(',').every((part) => hostOf(part.trim()) !== undefined),
    'host names or addresses separated by commas, without protocol or port',
  )
  WEBHOOK_ALLOWED_HOSTS?: string;

  /** WEBHOOK_ALLOWED_HOSTS as URLs spell them. */
  get webhookAllowedHosts(): string[] {
    return (this.WEBHOOK_ALLOWED_HOSTS ?? '').split(',').flatMap((part) => hostOf(part.trim()) ?? []);
  }
}
