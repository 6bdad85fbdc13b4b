import { HOUR_MS, MINUTE_MS } from '../common/clock.js';
import { ThrottlingSettings } from './throttling.settings.js';

const QUARTER_HOUR_MS = 15 * MINUTE_MS;

/**
 * What is counted together. `pair`: an address and an IP. `network`: an address and the IP's network. `mailbox` (the address without its plus
 * part) and `domain`: each with the IP's network, so that nobody uses up the limit of others. `ip56` and `ip48`: wider networks of IPv6.
 */
export interface LimitRule {
  by: 'ip' | 'ip56' | 'ip48' | 'pair' | 'user' | 'network' | 'mailbox' | 'domain';
  setting: Extract<keyof ThrottlingSettings, `THROTTLE_${string}`>;
  windowMs: number;
  /** Endpoints with the same name share a counter; without a name the endpoint has its own. */
  name?: string;
}

interface EndpointRules {
  limits: LimitRule[];
  /** The endpoint checks a password: failures for an address or user make all further tries wait. */
  guesses?: 'address' | 'user';
}

const IP: LimitRule = { by: 'ip', setting: 'THROTTLE_IP_PER_MINUTE', windowMs: MINUTE_MS };
const hourly = (by: LimitRule['by'], setting: LimitRule['setting']): LimitRule => {
  return { by, setting, windowMs: HOUR_MS, name: 'letters' };
};
/** Limits of endpoints that send messages for anybody. */
const LETTERS: LimitRule[] = [
  hourly('ip', 'THROTTLE_LETTERS_PER_HOUR'),
  hourly('ip56', 'THROTTLE_LETTERS_PER_IPV6_56'),
  hourly('ip48', 'THROTTLE_LETTERS_PER_IPV6_48'),
  // The narrower limit first: a request that it refuses does not count for the domain.
  hourly('mailbox', 'THROTTLE_LETTERS_PER_MAILBOX'),
  hourly('domain', 'THROTTLE_LETTERS_PER_DOMAIN'),
];
const PAIR: LimitRule = { by: 'pair', setting: 'THROTTLE_TRIES_PER_QUARTER_HOUR', windowMs: QUARTER_HOUR_MS };

/** The limits of each throttled endpoint, counted in this order. */
export const THROTTLED = {
  signup: { limits: [IP, ...LETTERS, PAIR] },
  'verify-email': { limits: [IP, PAIR] },
  'resend-code': { limits: [IP, ...LETTERS, PAIR] },
  login: { limits: [IP, PAIR], guesses: 'address' },
  'forgot-password': { limits: [IP, ...LETTERS, PAIR] },
  'reset-password': { limits: [IP] },
  'refresh-token': { limits: [{ ...IP, setting: 'THROTTLE_REFRESHES_PER_MINUTE' }] },
  // Changing the password and deleting the account: a stolen token must not serve to guess the password.
  'own-password': { limits: [{ ...PAIR, by: 'user' }], guesses: 'user' },
  export: { limits: [{ by: 'user', setting: 'THROTTLE_EXPORTS_PER_HOUR', windowMs: HOUR_MS }] },
  'generate-apikey': { limits: [{ by: 'user', setting: 'THROTTLE_API_KEYS_PER_HOUR', windowMs: HOUR_MS }] },
} satisfies Record<string, EndpointRules>;

export type Endpoint = keyof typeof THROTTLED;

export function rulesOf(endpoint: Endpoint): EndpointRules {
  return THROTTLED[endpoint];
}

/** Signups of one network that send a message to one address; counted last, just before the message. */
export const SIGNUPS: LimitRule = {
  by: 'network',
  setting: 'THROTTLE_SIGNUPS_PER_HOUR',
  windowMs: HOUR_MS,
  name: 'signups',
};

/** Requests of a user that may change something. */
export const WRITES: LimitRule = {
  by: 'user',
  setting: 'THROTTLE_WRITES_PER_MINUTE',
  windowMs: MINUTE_MS,
  name: 'writes',
};

/** Wrong credentials. */
export const WRONG_CREDENTIALS: LimitRule = {
  by: 'ip',
  setting: 'THROTTLE_WRONG_CREDENTIALS_PER_MINUTE',
  windowMs: MINUTE_MS,
  name: 'credentials',
};
