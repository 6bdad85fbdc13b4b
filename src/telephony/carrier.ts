export const CARRIER_STATUSES = ['verified', 'unverified'] as const;
/** Whether the carrier said that the number is the account's. */
export type CarrierStatus = (typeof CARRIER_STATUSES)[number];

/** Whoever connects the calls: it knows which numbers are the account's. */
export abstract class Carrier {
  /** What is known of the number; throws NUMBER_NOT_YOURS where it is somebody else's, CARRIER_UNAVAILABLE where nobody answers. */
  abstract check(e164: string): Promise<CarrierStatus>;
}

/** Without an account at a carrier every number is taken as it is told. */
export class NoCarrier extends Carrier {
  check(): Promise<CarrierStatus> {
    return Promise.resolve('unverified');
  }
}
