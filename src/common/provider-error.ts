/**
 * What went wrong with a provider: it is away, takes no more requests now, refuses (a wrong key, say), broke off in the middle, is late,
 * or answered with what is no answer.
 */
export type ProviderFault = 'unavailable' | 'rate-limited' | 'refused' | 'cut-off' | 'late' | 'nonsense';

/** A provider of speech or of a language model failed. The message quotes neither what was said nor the provider. */
export class ProviderError extends Error {
  constructor(
    readonly kind: ProviderFault,
    message: string,
    /** How long it asks to be left alone. */
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}
