import { CircuitBreaker } from './circuit-breaker.js';
import { Clock } from './clock.js';
import { ProviderError } from './provider-error.js';
import { ProviderPart, Providers } from './providers.js';
import { Timers } from './timers.js';
import { untilAborted } from './until-aborted.js';

export interface FailOverParts {
  part: ProviderPart;
  providers: Providers;
  clock: Clock;
  timers: Timers;
}

export interface FailOverLimits {
  /** Maximum wait for the first item while there is another provider to turn to. */
  firstMs: number;
  /** Maximum wait for the first item of the last provider, and between any two items. */
  nextMs: number;
}

type Ask<P, Item> = (provider: P, signal: AbortSignal) => AsyncIterable<Item>;

/** Asks providers of one kind (speech-to-text, say) one after another, until one begins to answer. */
export class FailOver<P extends { name: string }> {
  private readonly breakers = new Map<P, CircuitBreaker>();

  constructor(private readonly parts: FailOverParts) {}

  /** Returns the providers whose circuit breaker is closed, in their order. When none is, returns all: a call has nobody else to ask. */
  worthATry(providers: P[]): P[] {
    const those = providers.filter((provider) => !this.breakerOf(provider).isOpen);
    return those.length > 0 ? those : providers;
  }

  breakerOf(provider: P): CircuitBreaker {
    const breaker = this.breakers.get(provider) ?? new CircuitBreaker(this.parts.clock);
    this.breakers.set(provider, breaker);
    return breaker;
  }

  /** Counts and logs a provider's failure. `next` is the provider that replaces it. */
  failed(provider: P, error: unknown, next?: P): void {
    const { providers, part } = this.parts;
    this.breakerOf(provider).failed(error instanceof ProviderError ? error.retryAfterMs : undefined);
    providers.failed(part, provider.name, error, next?.name);
  }

  /**
   * Yields the items of the first provider that gives one. Throws the error of the last provider, or of one that fails after its first item.
   * Ends without an error when aborted.
   */
  async *stream<Item>(all: P[], limits: FailOverLimits, signal: AbortSignal, ask: Ask<P, Item>): AsyncGenerator<Item> {
    const providers = this.worthATry(all);
    for (const [i, provider] of providers.entries()) {
      const next = providers[i + 1] as P | undefined;
      const firstMs = next ? limits.firstMs : limits.nextMs;
      let hasBegun = false;
      try {
        for await (const item of this.attempt(provider, { ...limits, firstMs }, signal, ask)) {
          hasBegun = true;
          yield item;
        }
        return;
      } catch (error) {
        this.failed(provider, error, hasBegun ? undefined : next);
        if (hasBegun || !next) throw error;
      }
    }
  }

  private async *attempt<Item>(
    provider: P,
    { firstMs, nextMs }: FailOverLimits,
    signal: AbortSignal,
    ask: Ask<P, Item>,
  ): AsyncGenerator<Item> {
    const { timers } = this.parts;
    const breaker = this.breakerOf(provider);
    const late = new AbortController();
    const either = AbortSignal.any([signal, late.signal]);
    let stopWaiting = timers.after(firstMs, () => late.abort());
    let hasBegun = false;
    let hasFailed = false;
    breaker.begin();
    try {
      for await (const item of untilAborted(ask(provider, either), either)) {
        stopWaiting();
        hasBegun = true;
        // No limit runs while the consumer handles an item: that time is not the provider's.
        yield item;
        stopWaiting = timers.after(nextMs, () => late.abort());
      }
      if (signal.aborted) return;
      if (late.signal.aborted)
        throw new ProviderError('late', hasBegun ? 'it stopped in the middle' : 'no answer came');
      if (!hasBegun) throw new ProviderError('nonsense', 'the answer is empty');
    } catch (error) {
      if (signal.aborted) return;
      hasFailed = true;
      throw error;
    } finally {
      stopWaiting();
      if (hasBegun && !hasFailed) breaker.succeeded();
      else if (!hasFailed) breaker.calledOff();
      // A consumer that stops reading early stops the provider too.
      late.abort();
    }
  }
}
