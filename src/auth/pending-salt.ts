import { Secrets } from '../secrets/secrets.js';

const SALT_BYTES = 16;

/**
 * All attempts of an address share a salt (which nobody outside can know), so that one hash tells whether a password fits any of
 * them: a login costs one hash whether the address is unknown, pending or verified.
 */
export function pendingSalt(secrets: Secrets, email: string): Buffer {
  return secrets.mac('pending-salt', email).subarray(0, SALT_BYTES);
}
