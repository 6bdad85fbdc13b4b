import { IsOptional } from 'class-validator';
import { hostOf, Satisfies, Whole } from '../config/rules.js';
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

  /** How long a receiver may take for its whole answer, milliseconds. */
  @Whole(100, 60_000)
  WEBHOOK_TIMEOUT_MS: number = 10_000;

  /** How often an instance looks for deliveries that are due, milliseconds. */
  @Whole(10, 60_000)
  WEBHOOK_POLL_MS: number = 1000;

  /** A delivery whose instance says nothing for so long is made by another one, seconds. The clocks must be closer than that. */
  @Whole(3, 3600)
  WEBHOOK_LEASE_SECONDS: number = 30;

  /** How long deliveries are kept after they were made or given up, to be listed and replayed, days. */
  @Whole(1, 90)
  WEBHOOK_RETENTION_DAYS: number = 7;

  /** WEBHOOK_ALLOWED_HOSTS as URLs spell them. */
  get webhookAllowedHosts(): string[] {
    return (this.WEBHOOK_ALLOWED_HOSTS ?? '').split(',').flatMap((part) => hostOf(part.trim()) ?? []);
  }
}
