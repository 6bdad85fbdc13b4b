import { QueryFailedError } from 'typeorm';

/** The driver's own code: SQLITE_…, ER_… or a socket's. */
function driverCode(error: unknown): string {
  const inner: unknown = error instanceof QueryFailedError ? error.driverError : error;
  return (inner as { code?: string } | null)?.code ?? '';
}

/** A unique index refused the row: insert and catch instead of asking first, for the answer to a question is old when it arrives. */
export function isUniqueViolation(error: unknown): boolean {
  return ['SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY', 'ER_DUP_ENTRY'].includes(driverCode(error));
}

/** A foreign key refused the row: what it points to is not there. */
export function isForeignKeyViolation(error: unknown): boolean {
  return ['SQLITE_CONSTRAINT_FOREIGNKEY', 'ER_NO_REFERENCED_ROW_2', 'ER_NO_REFERENCED_ROW'].includes(driverCode(error));
}

/** The transaction was chosen to yield to others and may be run again: deadlock (1213) or lock wait timeout (1205). */
export function isLockConflict(error: unknown): boolean {
  return ['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT'].includes(driverCode(error));
}

/** Another process holds the SQLite file. */
export function isBusy(error: unknown): boolean {
  return driverCode(error).startsWith('SQLITE_BUSY');
}

const UNAVAILABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR',
  'PROTOCOL_ENQUEUE_AFTER_QUIT',
  'POOL_CLOSED',
  'POOL_NONEONLINE',
  'ER_CON_COUNT_ERROR',
  'ER_TOO_MANY_USER_CONNECTIONS',
  'ER_SERVER_SHUTDOWN',
  'ER_NORMAL_SHUTDOWN',
  'ER_CONNECTION_KILLED',
  'ER_QUERY_INTERRUPTED',
  'ER_STATEMENT_TIMEOUT',
  'ER_OPTION_PREVENTS_STATEMENT',
  'ER_DISK_FULL',
  'ER_RECORD_FILE_FULL',
]);
const SQLITE_UNAVAILABLE = /^SQLITE_(BUSY|FULL|IOERR|CANTOPEN)/;

/** The database is away, full, frozen or read-only for now: the request may be sent again later. */
export function isDatabaseUnavailable(error: unknown): boolean {
  const code = driverCode(error);
  return UNAVAILABLE.has(code) || SQLITE_UNAVAILABLE.test(code) || isLockConflict(error);
}
