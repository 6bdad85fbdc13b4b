import { Whole } from '../config/rules.js';
import { ModuleSettings } from '../config/settings.js';

const MAX_VALUE = 1_000_000;

/** Throttling. With the defaults a person never meets a limit, and guessing is hopeless. */
export class ThrottlingSettings extends ModuleSettings {
  /** Requests a minute from one IP (IPv6: one /64) to each throttled endpoint. */
  @Whole(1, MAX_VALUE)
  THROTTLE_IP_PER_MINUTE: number = 120;

  /** Token refreshes a minute from one IP; higher, because many users may share it. */
  @Whole(1, MAX_VALUE)
  THROTTLE_REFRESHES_PER_MINUTE: number = 300;

  /** Requests an hour from one IP that may send a message: signup, resend-code and forgot-password together. */
  @Whole(1, MAX_VALUE)
  THROTTLE_LETTERS_PER_HOUR: number = 200;

  /** The same from one IPv6 /56, which a provider gives to one customer. */
  @Whole(1, MAX_VALUE)
  THROTTLE_LETTERS_PER_IPV6_56: number = 400;

  /** The same from one IPv6 /48. */
  @Whole(1, MAX_VALUE)
  THROTTLE_LETTERS_PER_IPV6_48: number = 800;

  /** The same for addresses of one domain from one network (IPv4: /24, IPv6: /48). */
  @Whole(1, MAX_VALUE)
  THROTTLE_LETTERS_PER_DOMAIN: number = 100;

  /** The same for one mailbox (`ada+1@` and `ada+2@` are `ada@`) from one network. */
  @Whole(1, MAX_VALUE)
  THROTTLE_LETTERS_PER_MAILBOX: number = 20;

  /** Signups an hour of one address from one network (IPv4: /24, IPv6: /48); each sends a message to it. */
  @Whole(1, MAX_VALUE)
  THROTTLE_SIGNUPS_PER_HOUR: number = 5;

  /** Messages a day to one address that anybody can cause; then two an hour for networks that had not asked, and two reset links. */
  @Whole(1, MAX_VALUE)
  THROTTLE_ADDRESS_LETTERS_PER_DAY: number = 20;

  /** Tries in 15 minutes with one address from one IP, at each endpoint that takes an address; password checks of one user. */
  @Whole(1, MAX_VALUE)
  THROTTLE_TRIES_PER_QUARTER_HOUR: number = 20;

  /** Failed logins of one address a day (or password checks of one user) before each further try has to wait. */
  @Whole(1, MAX_VALUE)
  THROTTLE_FREE_FAILURES: number = 10;

  /** The first wait, seconds; each further one is twice as long. */
  @Whole(1, 3600)
  THROTTLE_FIRST_DELAY_SECONDS: number = 1;

  /** The longest wait, seconds. */
  @Whole(1, 24 * 3600)
  THROTTLE_LONGEST_DELAY_SECONDS: number = 900;

  /** After a login, logins of that address from the same network do not wait for failures from elsewhere, for so many days. */
  @Whole(1, 730)
  THROTTLE_KNOWN_NETWORK_DAYS: number = 90;

  /** Guarded requests other than GET that one user may send a minute, from anywhere, with tokens and API key together. */
  @Whole(1, MAX_VALUE)
  THROTTLE_WRITES_PER_MINUTE: number = 600;

  /** API keys that one user may generate an hour. */
  @Whole(1, MAX_VALUE)
  THROTTLE_API_KEYS_PER_HOUR: number = 20;

  /** Exports of their data that one user may ask for an hour. */
  @Whole(1, MAX_VALUE)
  THROTTLE_EXPORTS_PER_HOUR: number = 10;

  /** Wrong tokens and API keys a minute from one IP; beyond that, only API keys that worked before are accepted. */
  @Whole(1, MAX_VALUE)
  THROTTLE_WRONG_CREDENTIALS_PER_MINUTE: number = 300;
}
