import { Settings } from '../support/start-app.js';

const LIMITS = [
  'THROTTLE_IP_PER_MINUTE',
  'THROTTLE_REFRESHES_PER_MINUTE',
  'THROTTLE_LETTERS_PER_HOUR',
  'THROTTLE_LETTERS_PER_IPV6_56',
  'THROTTLE_LETTERS_PER_IPV6_48',
  'THROTTLE_LETTERS_PER_DOMAIN',
  'THROTTLE_LETTERS_PER_MAILBOX',
  'THROTTLE_SIGNUPS_PER_HOUR',
  'THROTTLE_ADDRESS_LETTERS_PER_DAY',
  'THROTTLE_TRIES_PER_QUARTER_HOUR',
  'THROTTLE_FREE_FAILURES',
  'THROTTLE_WRITES_PER_MINUTE',
  'THROTTLE_API_KEYS_PER_HOUR',
  'THROTTLE_EXPORTS_PER_HOUR',
  'THROTTLE_WRONG_CREDENTIALS_PER_MINUTE',
];
const everyLimit = (most: number): Settings => Object.fromEntries(LIMITS.map((name) => [name, String(most)]));

/** Settings of tests that send more requests than any one client would: no limit is ever met. */
export const MANY_REQUESTS = everyLimit(1_000_000);

/** Every limit is met by the second request. */
export const ONE_REQUEST = everyLimit(1);
