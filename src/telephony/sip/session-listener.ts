import type { RemoteMedia } from '../media/media-format.js';

/** Why a SIP call is over. `status` is the response that ended it, where one did. */
export interface SessionEnd {
  reason:
    | 'hung-up-here'
    | 'hung-up-there'
    | 'canceled'
    /** A final response from 300 on. */
    | 'refused'
    | 'timeout'
    | 'unreachable'
    /** Answered, but with no sound that we can use. */
    | 'no-media'
    /** The dialog is unknown to the far end, or nobody refreshed it. */
    | 'lost'
    | 'transferred';
  status: number | null;
}

/** What becomes of a call. Nothing follows `ended`, which comes once. */
export interface SessionListener {
  /** The far end rings, or its sound comes already (183). */
  ringing(): void;
  /** Both sides agreed on sound: before the answer, with it, or anew by a re-INVITE. */
  media(remote: RemoteMedia): void;
  answered(): void;
  /** A key that came by INFO; those in RTP are the media's. */
  digit(digit: string): void;
  ended(end: SessionEnd): void;
}
