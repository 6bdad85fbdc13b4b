import { Satisfies, Whole } from '../config/rules.js';
import { ModuleSettings } from '../config/settings.js';
import { parseMailbox } from './mailbox.js';

/** No mail server takes it to other machines. */
const LOCAL_SENDER = 'Talkstack <no-reply@localhost.localdomain>';

/** Mail. */
export class MailSettings extends ModuleSettings {
  /** Sender of every letter. */
  @Satisfies((value: string) => parseMailbox(value) !== null, 'an address, or NAME <ADDRESS>')
  MAIL_FROM: string = LOCAL_SENDER;

  /** How often the mail worker looks for letters that nobody announced to it, milliseconds. */
  @Whole(10, 60_000)
  MAIL_POLL_MS: number = 1000;

  /** A letter whose instance died while sending it goes to another one after this time, seconds. The clocks must be closer than that. */
  @Whole(1, 3600)
  MAIL_LEASE_SECONDS: number = 90;

  override faults(): string[] {
    const isLocal = this.inProduction && this.MAIL_FROM === LOCAL_SENDER;
    return isLocal ? ['MAIL_FROM must be set in production'] : [];
  }
}
