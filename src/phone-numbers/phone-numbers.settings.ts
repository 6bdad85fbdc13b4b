import { Whole } from '../config/rules.js';
import { ModuleSettings } from '../config/settings.js';

/** Phone numbers. Lowering the quota deletes nothing. */
export class PhoneNumbersSettings extends ModuleSettings {
  /** Phone numbers that one project may have. */
  @Whole(1, 1_000_000)
  NUMBERS_PER_PROJECT: number = 1000;
}
