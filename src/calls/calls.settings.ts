import { IsOptional } from 'class-validator';
import { Satisfies, Whole } from '../config/rules.js';
import { ModuleSettings } from '../config/settings.js';

const MAX_VALUE = 1_000_000;

/** Calls. */
export class CallsSettings extends ModuleSettings {
  /** Countries that may be called: ISO codes of two letters, with commas. Unset: all. */
  @IsOptional()
  @Satisfies(
    (value: string) => value.split(',').every((part) => /^[A-Z]{2}$/i.test(part.trim())),
    'country codes of two letters, separated by commas',
  )
  CALL_COUNTRIES?: string;

  /** Calls of one project at a time; the others wait. */
  @Whole(1, MAX_VALUE)
  CALLS_PER_PROJECT: number = 10;

  /** Calls of one project that start within a second. */
  @Whole(1, MAX_VALUE)
  CALLS_PER_SECOND: number = 1;

  /** Calls of one instance at a time. */
  @Whole(1, MAX_VALUE)
  CALLS_PER_INSTANCE: number = 100;

  /** Calls that may wait in one project; beyond that 400 `QUOTA_REACHED`. */
  @Whole(1, MAX_VALUE)
  QUEUED_CALLS_PER_PROJECT: number = 20_000;

  /** Numbers that one user may keep from being called; those of people who asked for it are kept beyond that. */
  @Whole(1, MAX_VALUE)
  SUPPRESSED_NUMBERS_PER_USER: number = 100_000;

  /** A call that waited for so long is not made any more, hours. */
  @Whole(1, 24 * 30)
  CALL_QUEUE_HOURS: number = 24;

  /** How long a phone rings, seconds. */
  @Whole(1, 600)
  CALL_RING_SECONDS: number = 45;

  /** How long a call lasts at most, from the answer, seconds. */
  @Whole(1, 24 * 3600)
  CALL_MAX_SECONDS: number = 600;

  /** Both sides quiet for so long end a call; the agent asks before whether somebody is there. Seconds. */
  @Whole(3, 600)
  CALL_SILENCE_SECONDS: number = 6;

  /** What agents say before their greeting, at most 500 characters; `off` for nothing, where the law allows that. */
  @Satisfies((value: string) => value.length <= 500, 'at most 500 characters')
  CALL_DISCLOSURE: string = 'This is an automated assistant.';

  /** How often an instance looks for calls that nobody announced to it, milliseconds. */
  @Whole(10, 60_000)
  CALL_POLL_MS: number = 1000;

  /** A call whose instance says nothing of it for so long is lost with that instance, seconds. The clocks must be closer than that. */
  @Whole(3, 3600)
  CALL_LEASE_SECONDS: number = 30;

  /** Price of each begun minute where the carrier tells none; a decimal number in the operator’s currency. */
  @Satisfies((value: string) => /^\d{1,4}(\.\d{1,6})?$/.test(value), 'a decimal number such as 0.05')
  CALL_PRICE_PER_MINUTE: string = '0';

  /** When the service stops, calls under way go on for so long before they are ended, seconds. */
  @Whole(0, 3600)
  SHUTDOWN_CALLS_SECONDS: number = 30;

  /** How long calls are kept after their end, days. */
  @Whole(1, 3650)
  CALL_RETENTION_DAYS: number = 365;

  /** CALL_COUNTRIES as a list; undefined for all. */
  get callCountries(): string[] | undefined {
    return this.CALL_COUNTRIES?.split(',').map((part) => part.trim().toUpperCase());
  }

  /** CALL_DISCLOSURE; empty where it is switched off. */
  get disclosure(): string {
    return this.CALL_DISCLOSURE === 'off' ? '' : this.CALL_DISCLOSURE;
  }

  /** CALL_PRICE_PER_MINUTE in millionths. */
  get microsPerMinute(): number {
    return Math.round(Number(this.CALL_PRICE_PER_MINUTE) * 1_000_000);
  }
}
