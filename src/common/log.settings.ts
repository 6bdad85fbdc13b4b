import { IsIn } from 'class-validator';
import { ModuleSettings } from '../config/settings.js';

/** Log. */
export class LogSettings extends ModuleSettings {
  /** Least severe level that is logged. */
  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
  LOG_LEVEL: string = 'info';
}
