import { LessThan } from 'typeorm';
import { daysBefore } from '../common/clock.js';
import { keeps } from '../kept-data/keeps.js';
import { Counter } from './counter.entity.js';
import { KnownNetworks } from './known-networks.js';
import { ThrottleReset } from './throttle-reset.entity.js';

/** Longer than the longest window that is counted, which is a day. */
const RESET_DAYS = 2;

const KEPT_COUNTERS = keeps<Counter, [KnownNetworks]>(
  (networks) => ({
    entity: Counter,
    exported: 'Only hashes.',
    outdated: (now) => ({ resetsAt: LessThan(now) }),
    withAccount: (transaction, { email }) => networks.forget(transaction, email),
  }),
  [KnownNetworks],
);

const KEPT_RESETS = keeps<ThrottleReset, []>(
  () => ({
    entity: ThrottleReset,
    exported: 'Only hashes.',
    outdated: (now) => ({ at: LessThan(daysBefore(now, RESET_DAYS)) }),
    withAccount: 'stays',
  }),
  [],
);

export const KEPT_THROTTLING = [KEPT_COUNTERS, KEPT_RESETS];
