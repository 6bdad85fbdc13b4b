import { Whole } from '../config/rules.js';
import { ModuleSettings } from '../config/settings.js';

const DAY_SECONDS = 24 * 60 * 60;

/** Sessions, tokens and API keys. */
export class CredentialsSettings extends ModuleSettings {
  /** How long a replaced API key goes on working, seconds. */
  @Whole(0, 30 * DAY_SECONDS)
  API_KEY_OVERLAP_SECONDS: number = 0;

  /** Life of an access token, seconds. */
  @Whole(60, DAY_SECONDS)
  ACCESS_TOKEN_SECONDS: number = 7200;

  /** A session unused for so long ends, days. */
  @Whole(1, 365)
  SESSION_IDLE_DAYS: number = 30;

  /** A session ends so long after its login, however much it is used, days. */
  @Whole(1, 730)
  SESSION_MAX_DAYS: number = 90;

  /** How long the previous refresh token still returns its unused successor (two tabs, a lost answer), seconds. */
  @Whole(0, 300)
  REFRESH_GRACE_SECONDS: number = 30;

  /** A signing key signs for so long before the next one takes over, days. */
  @Whole(1, 365)
  SIGNING_KEY_DAYS: number = 30;

  /** Live sessions that one user may have; with a further login the one unused longest ends. */
  @Whole(1, 1_000_000)
  SESSIONS_PER_USER: number = 100;

  override faults(): string[] {
    const isCrossed = this.SESSION_MAX_DAYS < this.SESSION_IDLE_DAYS;
    return isCrossed ? ['SESSION_MAX_DAYS must not be less than SESSION_IDLE_DAYS'] : [];
  }
}
