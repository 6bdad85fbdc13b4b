import { QueryFailedError } from 'typeorm';

/** The driver's code: SQLITE_…, ER_… or a socket's. */
function driverCode(error: unknown): string {
  const inner: unknown = error instanceof QueryFailedError ? error.driverError : error;
  return (inner as { code?: string } | null)?.code ?? '';
}

/** A unique index refused the row. Insert and catch this instead of checking first: the result of a check may be outdated. */
export function isUniqueViolation(error: unknown): boolean {
  return ['SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY', 'ER_DUP_ENTRY'].includes(driverCode(error));
}

/** A foreign key refused the row: the referenced row does not exist. */
export function isForeignKeyViolation(error: unknown): boolean {
  return ['SQLITE_CONSTRAINT_FOREIGNKEY', 'ER_NO_REFERENCED_ROW_2', 'ER_NO_REFERENCED_ROW'].includes(driverCode(error));
}

/** The number of a MariaDB or MySQL error, else 0. mysql2 has only MySQL's names; both servers share the numbers below 3000. */
function errorNumber(error: unknown): number {
  const inner: unknown = error instanceof QueryFailedError ? error.driverError : error;
  // Numbers of sockets and files are negative.
  return Math.max(0, (inner as { errno?: number } | null)?.errno ?? 0);
}

/** Deadlock, lock wait timeout, a row that changed under a snapshot (MariaDB 11.6), a conflict in a replicated group (MySQL). */
const LOCK_CONFLICTS = new Set([1213, 1205, 1020, 3101]);

/** The transaction was rolled back in favour of others, and may run again. */
export function isLockConflict(error: unknown): boolean {
  return LOCK_CONFLICTS.has(errorNumber(error));
}

/** Another process holds the SQLite file. */
export function isBusy(error: unknown): boolean {
  return driverCode(error).startsWith('SQLITE_BUSY');
}

/** The SQLite file or its folder cannot hold a database. */
export function isUnusableFile(error: unknown): boolean {
  return /^SQLITE_(NOTADB|CORRUPT|CANTOPEN|READONLY|PERM|IOERR)/.test(driverCode(error));
}

/** Codes of sockets, and of mysql2 itself. */
const NO_CONNECTION =
  /^(E(CONN|PIPE|NOTFOUND|AI_AGAIN|HOST|NET|TIMEDOUT|ADDRNOTAVAIL|MFILE|NFILE|NOBUFS)|POOL_|HANDSHAKE_)|^PROTOCOL_(CONNECTION_LOST|SEQUENCE_TIMEOUT|ENQUEUE_AFTER_|INCORRECT_PACKET)/;
const SQLITE_UNAVAILABLE = /^SQLITE_(BUSY|LOCKED|PROTOCOL|FULL|IOERR|CANTOPEN|READONLY|PERM|NOMEM)/;

/** Numbers from here on are errors of statements; lower ones are of the server's files (disk full, too many open). */
const FIRST_STATEMENT_ERROR = 1000;
/**
 * Errors of MariaDB and MySQL that an operator, or time, will fix: the same statement succeeds later. Numbers below 3000 mean the same on
 * both servers; higher ones belong to one server, and our statements never cause the other's.
 */
const UNAVAILABLE = new Set([
  // Files, memory and space.
  ...[1004, 1015, 1016, 1017, 1018, 1019, 1021, 1023, 1024, 1026, 1028, 1030, 1037, 1038, 1041, 1114, 1135, 1194, 1195],
  ...[1197, 1206, 1534, 1598, 1637, 1705, 1814, 3015, 3019, 3186, 3675, 3985],
  // Access that worked before: credentials, grants, locked or expired accounts, blocked hosts, TLS.
  ...[1042, 1043, 1044, 1045, 1129, 1130, 1142, 1143, 1227, 1251, 1370, 1524, 1698, 1820, 1862, 1873, 3118, 3159, 3879],
  ...[3955, 4151],
  // Too many connections, or a user's hourly limits.
  ...[1040, 1203, 1226],
  // Read-only, frozen, or turned into a replica.
  ...[1036, 1207, 1223, 1290, 1792, 1836, 1874, 3989],
  // Starting, stopping or cut off: shutdown, killed, time limits, offline mode, a Galera node without its cluster.
  ...[
    1047, 1053, 1077, 1078, 1079, 1080, 1152, 1158, 1159, 1160, 1161, 1184, 1317, 1927, 1969, 3024, 3032, 3168, 3169,
    4031,
  ],
  // A failed commit, or one refused by the other members of a group.
  ...[1180, 1613, 1614, 1689, 3100, 3797],
]);
/** Errors of new connections that come from wrong settings, which waiting does not fix. */
const WRONG_SETTINGS = new Set([1044, 1045, 1049, 1251, 1524, 1698]);

/** Errors with which a connection was refused. */
const refusals = new WeakSet<object>();

/** Marks an error as one that prevented a connection. */
export function markAsRefusal<E extends object>(error: E): E {
  refusals.add(error);
  return error;
}

/** Wrong credentials, an unknown database, or a TLS mismatch: at the first connection that is a fault of the settings. */
export function isFaultOfSettings(error: unknown): boolean {
  return WRONG_SETTINGS.has(errorNumber(error)) || /^HANDSHAKE_(NO_)?SSL_/.test(driverCode(error));
}

/** The database is away, full, frozen, read-only or locked for now: the request may be sent again later. */
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
