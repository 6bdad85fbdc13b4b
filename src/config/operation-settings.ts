import { IsIn, IsOptional } from 'class-validator';
import { Satisfies, Whole } from './env-rules.js';
import { TwilioSettings } from './twilio-settings.js';

/** How the service fits the machine and the proxy that it runs behind. */
export abstract class OperationSettings extends TwilioSettings {
  /** Password hashes that run at a time. Default: one a core, within the container's limit and Node's thread pool. */
  @IsOptional()
  @Whole(1, 1000)
  HASH_CONCURRENCY?: number;

  /** Strict-Transport-Security: `on` (a year), `off`, or its max-age in seconds. Default: on in production when PUBLIC_URL is https. */
  @IsOptional()
  @Satisfies((value: string) => /^(on|off|\d{1,10})$/.test(value), 'on, off or a number of seconds')
  HSTS?: string;

  /** `off` removes Swagger UI and the OpenAPI document. */
  @IsIn(['on', 'off'])
  API_DOCS: 'on' | 'off' = 'on';

  /** Least severe level that is logged. */
  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
  LOG_LEVEL: string = 'info';
}
