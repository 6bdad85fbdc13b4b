import type { Timers } from '../../common/timers.js';
import type { SipHeaders } from './sip-headers.js';
import { splitOutsideQuotes } from './sip-headers.js';
import { parseParams } from './sip-uri.js';

/** Seconds that we ask for and take at least (RFC 4028 sections 4 and 5). */
export const SESSION_EXPIRES_SECONDS = 1800;
export const MIN_SESSION_SECONDS = 90;
const MAX_SESSION_SECONDS = 86_400;

export interface SessionInterval {
  seconds: number;
  /** Who must refresh; null where the other side leaves it open. */
  refresher: 'uac' | 'uas' | null;
}

/** Reads Session-Expires; null where it is missing or malformed. */
export function readSessionInterval(headers: SipHeaders): SessionInterval | null {
  const [seconds, ...params] = splitOutsideQuotes(headers.get('session-expires') ?? '', ';');
  if (!/^\d{1,9}$/.test(seconds)) return null;
  const refresher = parseParams(params).get('refresher')?.toLowerCase();
  return {
    seconds: Math.min(Number(seconds), MAX_SESSION_SECONDS),
    refresher: refresher === 'uac' || refresher === 'uas' ? refresher : null,
  };
}

/** Ends a call whose far end vanished: one side refreshes at half of the interval, the other waits for it (RFC 4028 section 10). */
export class SessionTimer {
  private stop?: () => void;

  constructor(
    private readonly timers: Timers,
    private readonly refresh: () => void,
    private readonly expire: () => void,
  ) {}

  /** Starts anew; each refresh by either side does. */
  start(seconds: number, isOurs: boolean): void {
    this.cancel();
    const limit = Math.max(seconds, MIN_SESSION_SECONDS);
    const wait = isOurs ? limit / 2 : limit - Math.min(32, limit / 3);
    this.stop = this.timers.after(wait * 1000, isOurs ? this.refresh : this.expire);
  }

  cancel(): void {
    this.stop?.();
    this.stop = undefined;
  }
}
