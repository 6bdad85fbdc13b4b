import { IsIn } from 'class-validator';
import { ModuleSettings } from '../config/settings.js';

/** Pages for development. */
export class PagesSettings extends ModuleSettings {
  /** `open` shows the development mailbox to other machines too: whoever reads it can take over every account. */
  @IsIn(['local', 'open'])
  DEV_PAGES: 'local' | 'open' = 'local';
}
