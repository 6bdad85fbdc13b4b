import { Secrets } from '../secrets/secrets.js';

/** Half of an id, in hex digits: 128 bits. */
const HALF_ID = 32;
const ADDRESS = 'known-networks-of';

const half = (mac: Buffer) => mac.toString('hex').slice(0, HALF_ID);

/**
 * The prefix of all counter ids of an address, by which they are found and deleted with its account. While the secret is being changed there
 * are two.
 */
export function countersOfAddress(secrets: Secrets, email: string): string[] {
  return secrets.macs(ADDRESS, email).map(half);
}

/** The ids of one counter, that of the current secret first. */
export function idsOfCounter(secrets: Secrets, email: string, ...parts: [purpose: string, ...string[]]): string[] {
  const [purpose, ...others] = parts;
  const ends = secrets.macs(purpose, email, ...others).map(half);
  return countersOfAddress(secrets, email).map((beginning, i) => beginning + ends[i]);
}
