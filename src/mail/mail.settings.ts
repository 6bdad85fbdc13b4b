import { Satisfies, Whole } from '../config/rules.js';
import { ModuleSettings } from '../config/settings.js';
import { parseMailbox } from './mailbox.js';

/** Mail servers deliver it to no other machine. */
const LOCAL_SENDER = 'Talkstack <no-reply@localhost.localdomain>';

/** Mail. */
export class MailSettings extends ModuleSettings {
  /** Sender of every message. */
  @Satisfies((value: string) => parseMailbox(value) !== null, 'an address, or NAME <ADDRESS>')
  MAIL_FROM: string = LOCAL_SENDER;

  /** How often the mail worker searches for queued messages that it was not notified of, milliseconds. */
  @Whole(10, 60_000)
  MAIL_POLL_MS: number = 1000;

  /** When an instance dies while it sends a message, another one takes over after this time, seconds. Clocks must differ by less. */
  @Whole(1, 3600)
  MAIL_LEASE_SECONDS: number = 90;

  override faults(): string[] {
    const isLocal = this.inProduction && this.MAIL_FROM === LOCAL_SENDER;
    return isLocal ? ['MAIL_FROM must be set in production'] : [];
  }
}
