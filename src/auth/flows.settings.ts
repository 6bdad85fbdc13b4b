import { IsIn } from 'class-validator';
import { Whole } from '../config/rules.js';
import { ModuleSettings } from '../config/settings.js';

/** Codes and links. What people get by mail. */
export class FlowsSettings extends ModuleSettings {
  /** Life of a verification code, minutes. */
  @Whole(1, 24 * 60)
  CODE_LIFETIME_MINUTES: number = 15;

  /** Life of a password reset link, minutes. */
  @Whole(1, 24 * 60)
  RESET_LIFETIME_MINUTES: number = 60;

  /** Resetting a forgotten password ends the API key too: whoever made it may have known the old password. */
  @IsIn(['on', 'off'])
  RESET_ENDS_API_KEY: 'on' | 'off' = 'on';
}
