import { createPool } from 'mysql2';
import type { Pool, PoolConnection, PoolOptions } from 'mysql2';
import { markAsRefusal } from './database-errors.js';

type DriverError = Error & { code?: string; fatal?: boolean };
type Callback = (error: DriverError | null, ...answer: unknown[]) => void;
type Query = (...args: unknown[]) => unknown;

/** READ COMMITTED avoids gap locks of conditional updates; strict mode refuses values that it would truncate. */
const CONNECTION_SETTINGS = [
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  "SET SESSION innodb_lock_wait_timeout = 5, SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
];
/** Far more than could be served in time: with a frozen database, waiting requests must not fill the memory. */
const MAX_WAITING = 10_000;

function timedOut(what: string): DriverError {
  return Object.assign(new Error(`The database did not ${what} in time`), { code: 'PROTOCOL_SEQUENCE_TIMEOUT' });
}

/** mysql2's messages, without a code, about a closed connection or pool. */
function withCode(error: DriverError | null): DriverError | null {
  if (error && error.code === undefined) error.code = 'PROTOCOL_CONNECTION_LOST';
  return error;
}

/** Limits the time of every statement, including those that wait behind another one; then closes the connection. */
function limitStatements(connection: PoolConnection, timeoutMs: number): void {
  const query = connection.query.bind(connection) as Query;
  const { stream } = connection as unknown as { stream: { destroy(error: Error): void } };
  const limited: Query = (...args) => {
    const done = args.pop() as Callback;
    const timer = setTimeout(() => stream.destroy(timedOut('answer')), timeoutMs).unref();
    return query(...args, (error: DriverError | null, ...answer: unknown[]) => {
      clearTimeout(timer);
      done(error?.fatal ? withCode(error) : error, ...answer);
    });
  };
  connection.query = limited as PoolConnection['query'];
}

function prepare(connection: PoolConnection, timeoutMs: number): void {
  // mysql2 handles only the first error of a connection; a second one would end the process.
  connection.on('error', () => undefined);
  limitStatements(connection, timeoutMs);
  const promised = connection.promise();
  // TypeORM reads it at every statement, and mysql2 would create a new one each time.
  connection.promise = () => promised;
  for (const statement of CONNECTION_SETTINGS) {
    // A connection without its session settings must not be used.
    connection.query(statement, (error) => error && connection.destroy());
  }
}

/** Limits the wait for a connection, new or in use. */
function limitWaiting(pool: Pool, timeoutMs: number): void {
  const getConnection = pool.getConnection.bind(pool);
  const limited = (callback: Callback): void => {
    let isOver = false;
    const timer = setTimeout(() => {
      isOver = true;
      callback(timedOut('have a connection free'));
    }, timeoutMs).unref();
    getConnection((error, connection) => {
      clearTimeout(timer);
      if (!isOver) callback(error && markAsRefusal(withCode(error) as DriverError), connection);
      else if (!error) connection.release();
    });
  };
  pool.getConnection = limited as Pool['getConnection'];
}

/**
 * mysql2 for TypeORM, with a limit on every wait. mysql2's own `timeout` leaves the connection occupied, and excludes the time behind another
 * statement or in the pool's queue: with a frozen server requests would hang for ever.
 */
export function limitedDriver(timeoutMs: number) {
  return {
    createPool(options: PoolOptions): Pool {
      // `trace` would capture a stack for every statement, which costs more than the statement; errors name the statement anyway.
      const pool = createPool({ ...options, queueLimit: MAX_WAITING, trace: false });
      pool.on('connection', (connection) => prepare(connection, timeoutMs));
      limitWaiting(pool, timeoutMs);
      return pool;
    },
  };
}
