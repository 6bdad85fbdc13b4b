import { ProviderError } from './provider-error.js';
import { retryAfterOf } from './retry-after.js';

/** Returns the error for a provider's status other than 200, in our words: the response body may quote what was said. */
export function refusalOf({ status, headers }: { status: number; headers?: Headers }): ProviderError {
  if (status === 429) return new ProviderError('rate-limited', 'status 429', retryAfterOf(headers));
  const isAway = status >= 500 || status === 408;
  return new ProviderError(isAway ? 'unavailable' : 'refused', `status ${status}`);
}
