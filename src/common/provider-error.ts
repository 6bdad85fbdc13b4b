/**
 * How a provider failed: it is away, takes no more requests now, refuses (a wrong key, say), broke off in the middle, is late, or sent a
 * response that makes no sense.
 */
export type ProviderFault = 'unavailable' | 'rate-limited' | 'refused' | 'cut-off' | 'late' | 'nonsense';

/** A provider of speech or of a language model failed. The message quotes neither what was said nor the provider. */
export class ProviderError extends Error {
  constructor(
    readonly kind: ProviderFault,
    message: string,
    /** The pause that the provider asks for, milliseconds. */
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}
