import { createPool } from 'mysql2';
import type { Pool, PoolConnection, PoolOptions } from 'mysql2';
import { markAsRefusal } from './database-errors.js';

type DriverError = Error & { code?: string; fatal?: boolean };
type Callback = (error: DriverError | null, ...answer: unknown[]) => void;
type Query = (...args: unknown[]) => unknown;

/** READ COMMITTED keeps conditional updates from locking gaps; strict mode refuses what it would have to cut. */
const CONNECTION_SETTINGS = [
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  "SET SESSION innodb_lock_wait_timeout = 5, SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
];
/** Far more than are ever answered in time: a frozen database must not fill the memory with those who wait. */
const MOST_WAITING = 10_000;

function timedOut(what: string): DriverError {
  return Object.assign(new Error(`The database did not ${what} in time`), { code: 'PROTOCOL_SEQUENCE_TIMEOUT' });
}

/** What mysql2 says without a code of a connection or a pool that is closed already. */
function withCode(error: DriverError | null): DriverError | null {
  if (error && error.code === undefined) error.code = 'PROTOCOL_CONNECTION_LOST';
  return error;
}

/** Every statement is answered in time, those that wait behind another one too; else its connection is cut, never used again. */
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
  // A connection may fail more than once; mysql2 listens to the first time only, and the second would end the process.
  connection.on('error', () => undefined);
  limitStatements(connection, timeoutMs);
  const promised = connection.promise();
  // TypeORM asks for it at every statement, and mysql2 would look its module up and make another.
  connection.promise = () => promised;
  for (const statement of CONNECTION_SETTINGS) {
    // A connection without its settings is of no use.
    connection.query(statement, (error) => error && connection.destroy());
  }
}

/** Nobody waits longer for a connection, a new one or one that others use. */
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
 * mysql2 for TypeORM, with a limit on every wait. Its own `timeout` leaves the connection occupied by the statement that was given up,
 * and does not count the time behind another statement or in the pool's queue: with a frozen server requests would hang for good.
 */
export function limitedDriver(timeoutMs: number) {
  return {
    createPool(options: PoolOptions): Pool {
      // `trace` would note the stack before every statement, which costs more than to write it; errors name the statement anyway.
      const pool = createPool({ ...options, queueLimit: MOST_WAITING, trace: false });
      pool.on('connection', (connection) => prepare(connection, timeoutMs));
      limitWaiting(pool, timeoutMs);
      return pool;
    },
  };
}
