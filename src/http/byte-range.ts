import type { IncomingHttpHeaders } from 'node:http';

/**
 * First and last byte that a request asks for. Null where all is to be sent: for no range, several, one that cannot be met, or one of a
 * file that has changed since, for a server may ignore any of them (RFC 9110, sections 13.1.5 and 14.2).
 */
export function rangeOf(
  headers: IncomingHttpHeaders,
  etag: string,
  size: number,
): [first: number, last: number] | null {
  if (headers['if-range'] !== undefined && headers['if-range'] !== etag) return null;
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? '') ?? [];
  if (from === undefined || from + to === '') return null;
  const first = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  return first <= last ? [first, last] : null;
}
