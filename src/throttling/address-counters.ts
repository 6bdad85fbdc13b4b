import { Secrets } from '../secrets/secrets.js';

/** Half of an id, in hex digits: 128 bits. */
const HALF_ID = 32;

/** What the ids of all counters begin with that are kept of one address, so that they can be found and deleted with its account. */
export function countersOfAddress(secrets: Secrets, email: string): string {
  return secrets.mac('known-networks-of', email).toString('hex').slice(0, HALF_ID);
}

/** Id of one of them. */
export function counterOfAddress(secrets: Secrets, email: string, ...parts: [purpose: string, ...string[]]): string {
  const [purpose, ...others] = parts;
  return (
    countersOfAddress(secrets, email) +
    secrets
      .mac(purpose, email, ...others)
      .toString('hex')
      .slice(0, HALF_ID)
  );
}
