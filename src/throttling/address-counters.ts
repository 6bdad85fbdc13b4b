import { Secrets } from '../secrets/secrets.js';

/** Half of an id, in hex digits: 128 bits. */
const HALF_ID = 32;
const ADDRESS = 'known-networks-of';

const half = (mac: Buffer) => mac.toString('hex').slice(0, HALF_ID);

/**
 * What the ids of all counters begin with that are kept of one address, so that they can be found and deleted with its account. While the
 * secret is being changed there are two such beginnings.
 */
export function countersOfAddress(secrets: Secrets, email: string): string[] {
  return secrets.macs(ADDRESS, email).map(half);
}

/** Ids of one of them, the one under the current secret first. */
export function idsOfCounter(secrets: Secrets, email: string, ...parts: [purpose: string, ...string[]]): string[] {
  const [purpose, ...others] = parts;
  const ends = secrets.macs(purpose, email, ...others).map(half);
  return countersOfAddress(secrets, email).map((beginning, i) => beginning + ends[i]);
}
