/** Returns the milliseconds that a provider's response headers ask to wait; undefined when they do not. */
export function retryAfterOf(headers: Headers | undefined): number | undefined {
  const milliseconds = Number(headers?.get('retry-after-ms') ?? NaN);
  const seconds = Number(headers?.get('retry-after') ?? NaN);
  const wait = Number.isFinite(milliseconds) ? milliseconds : seconds * 1000;
  return Number.isFinite(wait) && wait >= 0 ? wait : undefined;
}
