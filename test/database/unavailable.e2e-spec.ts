import { QueryFailedError } from 'typeorm';
import { isDatabaseUnavailable, markAsRefusal } from '../../src/database/database-errors.js';

const failed = (code: string, errno?: number) => Object.assign(new Error(code), { code, errno });

/** Both as the driver throws it and as TypeORM wraps it. */
function areUnavailable(error: Error): boolean[] {
  return [error, new QueryFailedError('SELECT 1', [], error)].map(isDatabaseUnavailable);
}

describe('A database error', () => {
  it.each([
    ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH'],
    ...['ENETUNREACH', 'ENETDOWN', 'ETIMEDOUT', 'EADDRNOTAVAIL', 'EMFILE', 'ENFILE', 'ENOBUFS'],
    ...['POOL_CLOSED', 'HANDSHAKE_SSL_ERROR', 'HANDSHAKE_NO_SSL_SUPPORT', 'PROTOCOL_CONNECTION_LOST'],
    ...['PROTOCOL_SEQUENCE_TIMEOUT', 'PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR', 'PROTOCOL_INCORRECT_PACKET_SEQUENCE'],
  ])('of a connection is answered 503: %s', (code) => {
    expect(areUnavailable(failed(code, -111))).toEqual([true, true]);
  });

  it.each(['BUSY', 'BUSY_SNAPSHOT', 'LOCKED', 'PROTOCOL', 'FULL', 'IOERR', 'CANTOPEN', 'READONLY', 'PERM', 'NOMEM'])(
    'of the SQLite file is answered 503: SQLITE_%s',
    (code) => {
      expect(areUnavailable(failed(`SQLITE_${code}`))).toEqual([true, true]);
    },
  );

  it('with which a connection was refused is answered 503, whatever it says', () => {
    expect(areUnavailable(markAsRefusal(failed('ER_UNKNOWN', 9999)))).toEqual([true, true]);
  });

  it.each([
    failed('SQLITE_ERROR'),
    failed('SQLITE_CONSTRAINT_UNIQUE'),
    failed('ER_PARSE_ERROR', 1064),
    failed('ENOENT', -2),
    new TypeError('undefined is not a function'),
  ])('of ours is not: %s', (error) => {
    expect(areUnavailable(error)).toEqual([false, false]);
  });
});
