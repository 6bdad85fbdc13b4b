import { IsOptional, MinLength } from 'class-validator';
import { Whole } from '../config/rules.js';
import { ModuleSettings } from '../config/settings.js';

/** Operation. */
export class OperationSettings extends ModuleSettings {
  /** When told to stop, an instance serves on for so long while /health/ready is 503, for load balancers to turn away first; seconds. */
  @Whole(0, 300)
  SHUTDOWN_DELAY_SECONDS: number = 0;

  /** Bearer token with which Prometheus reads `/metrics`, at least 16 characters. Unset: no metrics. */
  @IsOptional()
  @MinLength(16)
  METRICS_TOKEN?: string;
}
