/** State of a limit. `limit` is undefined when the headers have it already. */
export interface RateLimit {
  limit?: number;
  remaining: number;
  resetSeconds: number;
}

/** The RateLimit-* headers (draft-ietf-httpapi-ratelimit-headers-06). */
export function rateLimitHeaders({ limit, remaining, resetSeconds }: RateLimit): Record<string, string> {
  return {
    ...(limit !== undefined && { 'ratelimit-limit': String(limit) }),
    'ratelimit-remaining': String(remaining),
    'ratelimit-reset': String(resetSeconds),
  };
}
