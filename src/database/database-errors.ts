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

/** The number of a MariaDB or MySQL error; 0 for all others. mysql2 knows MySQL's names only, and the two servers share numbers below 3000. */
function errorNumber(error: unknown): number {
  const inner: unknown = error instanceof QueryFailedError ? error.driverError : error;
  // Those of sockets and files are negative.
  return Math.max(0, (inner as { errno?: number } | null)?.errno ?? 0);
}

/** Deadlock, lock wait timeout, a row that changed under a snapshot (MariaDB 11.6), a conflict in a replicated group (MySQL). */
const LOCK_CONFLICTS = new Set([1213, 1205, 1020, 3101]);

/** The transaction was chosen to yield to others and may be run again. */
export function isLockConflict(error: unknown): boolean {
  return LOCK_CONFLICTS.has(errorNumber(error));
}

/** Another process holds the SQLite file. */
export function isBusy(error: unknown): boolean {
  return driverCode(error).startsWith('SQLITE_BUSY');
}

/** The SQLite file, or its folder, is not what a database can be in. */
export function isUnusableFile(error: unknown): boolean {
  return /^SQLITE_(NOTADB|CORRUPT|CANTOPEN|READONLY|PERM|IOERR)/.test(driverCode(error));
}

/** Codes of sockets, and of mysql2 itself. */
const NO_CONNECTION =
  /^(E(CONN|PIPE|NOTFOUND|AI_AGAIN|HOST|NET|TIMEDOUT|ADDRNOTAVAIL|MFILE|NFILE|NOBUFS)|POOL_|HANDSHAKE_)|^PROTOCOL_(CONNECTION_LOST|SEQUENCE_TIMEOUT|ENQUEUE_AFTER_|INCORRECT_PACKET)/;
const SQLITE_UNAVAILABLE = /^SQLITE_(BUSY|LOCKED|PROTOCOL|FULL|IOERR|CANTOPEN|READONLY|PERM|NOMEM)/;

/** From here on are errors of statements; below are those of the server's files (disk full, cannot write, too many open). */
const FIRST_STATEMENT_ERROR = 1000;
/**
 * What MariaDB and MySQL say while they cannot serve, and an operator, or time, will mend: the same statement succeeds later. Numbers
 * below 3000 mean the same to both; what is above is one server's, and the other's of that number is none that our statements meet.
 */
const UNAVAILABLE = new Set([
  // Files, memory and space.
  ...[1004, 1015, 1016, 1017, 1018, 1019, 1021, 1023, 1024, 1026, 1028, 1030, 1037, 1038, 1041, 1114, 1135, 1194, 1195],
  ...[1197, 1206, 1534, 1598, 1637, 1705, 1814, 3015, 3019, 3186, 3675, 3985],
  // It refuses whom it let in before: credentials, grants, locked or expired accounts, blocked hosts, TLS.
  ...[1042, 1043, 1044, 1045, 1129, 1130, 1142, 1143, 1227, 1251, 1370, 1524, 1698, 1820, 1862, 1873, 3118, 3159, 3879],
  ...[3955, 4151],
  // Too many: connections, and whatever a user may have an hour.
  ...[1040, 1203, 1226],
  // Read-only, frozen, or turned into a replica.
  ...[1036, 1207, 1223, 1290, 1792, 1836, 1874, 3989],
  // On its way down or up, or cut off: shutdown, killed, time limits, offline mode, a Galera node without its cluster.
  ...[
    1047, 1053, 1077, 1078, 1079, 1080, 1152, 1158, 1159, 1160, 1161, 1184, 1317, 1927, 1969, 3024, 3032, 3168, 3169,
    4031,
  ],
  // A commit that failed as a whole, or was refused by the other members of a group.
  ...[1180, 1613, 1614, 1689, 3100, 3797],
]);
/** Why a server refuses a new connection because of the settings, which waiting does not mend. */
const WRONG_SETTINGS = new Set([1044, 1045, 1049, 1251, 1524, 1698]);

/** Errors with which a connection was refused, whatever they are. */
const refusals = new WeakSet<object>();

/** Notes that no connection could be had because of this error. */
export function markAsRefusal<E extends object>(error: E): E {
  refusals.add(error);
  return error;
}

/** The server knows us not, or not the database, or there is no TLS between us that fits: at the first connection that is a fault of the settings. */
export function isFaultOfSettings(error: unknown): boolean {
  return WRONG_SETTINGS.has(errorNumber(error)) || /^HANDSHAKE_(NO_)?SSL_/.test(driverCode(error));
}

/** The database is away, full, frozen, read-only or locked to us for now: the request may be sent again later. */
export function isDatabaseUnavailable(error: unknown): boolean {
  const inner: unknown = error instanceof QueryFailedError ? error.driverError : error;
  if (typeof inner !== 'object' || inner === null) return false;
  const [code, number] = [driverCode(inner), errorNumber(inner)];
  return (
    refusals.has(inner) ||
    NO_CONNECTION.test(code) ||
    SQLITE_UNAVAILABLE.test(code) ||
    (number > 0 && number < FIRST_STATEMENT_ERROR) ||
    UNAVAILABLE.has(number) ||
    isLockConflict(inner)
  );
}
