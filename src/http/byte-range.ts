import type { IncomingHttpHeaders } from 'node:http';

/**
 * First and last byte of the requested range. Null to send everything: without a range, for several, for an unsatisfiable one, or when the
 * file has changed since. A server may ignore all of these (RFC 9110, sections 13.1.5 and 14.2).
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
