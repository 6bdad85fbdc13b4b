import { isUUID } from 'class-validator';
import { AppError } from '../common/app-error.js';
import { COMMON_ERRORS } from '../common/common.errors.js';

/** The last row of a page: the next one goes on behind it. `at` is there when the list is sorted by a moment. */
export interface HistoryCursor {
  id: string;
  at: Date | null;
}

/** Returns the cursor as clients get it: text that means nothing to them. */
export function encodeCursor({ id, at }: HistoryCursor): string {
  return Buffer.from(at ? `${id}:${at.getTime()}` : id).toString('base64url');
}

/** Reads a cursor of ours, of a list that is sorted by a moment or not; throws VALIDATION_FAILED for anything else. */
export function decodeCursor(text: string, isByMoment: boolean): HistoryCursor {
  const [id, time = '', ...rest] = Buffer.from(text, 'base64url').toString('latin1').split(':');
  const at = /^\d{1,15}$/.test(time) ? new Date(Number(time)) : null;
  if (isUUID(id) && rest.length === 0 && (at !== null) === isByMoment) return { id: id.toLowerCase(), at };
  const message = 'cursor must be the nextCursor of a page with the same filters';
  throw new AppError(COMMON_ERRORS.VALIDATION_FAILED, { faults: [{ field: 'cursor', message }] });
}
