import { IsIn } from 'class-validator';
import { ModuleSettings } from '../config/settings.js';

/** Pages for development. */
export class PagesSettings extends ModuleSettings {
  /** `open` shows the development mailbox and the browser phone to other machines too: whoever reads the mail can take over every account. */
  @IsIn(['local', 'open'])
  DEV_PAGES: 'local' | 'open' = 'local';

  /** The browser phone rings for every number, never in production. */
  get hasBrowserPhone(): boolean {
    return !this.inProduction;
  }
}
