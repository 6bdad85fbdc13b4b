import { Settings } from '../support/start-app.js';

const MOST = '1000000';

/** Settings of tests that send more requests than any one client would: no limit is ever met. */
export const MANY_REQUESTS: Settings = {
  THROTTLE_IP_PER_MINUTE: MOST,
  THROTTLE_REFRESHES_PER_MINUTE: MOST,
  THROTTLE_LETTERS_PER_HOUR: MOST,
  THROTTLE_SIGNUPS_PER_HOUR: MOST,
  THROTTLE_TRIES_PER_QUARTER_HOUR: MOST,
  THROTTLE_FREE_FAILURES: MOST,
  THROTTLE_API_KEYS_PER_HOUR: MOST,
  THROTTLE_WRONG_CREDENTIALS_PER_MINUTE: MOST,
};
