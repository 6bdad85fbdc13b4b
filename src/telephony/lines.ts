import type { PhoneLine } from './phone-line.js';

/** The ways in which this process makes calls. */
export abstract class Lines {
  /** The line that calls go over; null where the operator set none up. */
  abstract readonly line: PhoneLine | null;
}

/** Nothing is set up: in production, until the operator does it. */
export class NoLines extends Lines {
  readonly line = null;
}
