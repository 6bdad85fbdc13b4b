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
  /** To the first item, where there is another provider to turn to. */
  firstMs: number;
  /** To the first item of the last one, and between any two items. */
  nextMs: number;
}

type Ask<P, Item> = (provider: P, signal: AbortSignal) => AsyncIterable<Item>;

/** Asks the providers of a part one after another, until one begins to answer. */
export class FailOver<P extends { name: string }> {
  private readonly breakers = new Map<P, CircuitBreaker>();

  constructor(private readonly parts: FailOverParts) {}

  /** Those that are worth a try, in their order; all of them where none is: a call has nobody else to ask. */
  worthATry(providers: P[]): P[] {
    const those = providers.filter((provider) => !this.breakerOf(provider).isOpen);
    return those.length > 0 ? those : providers;
  }

  breakerOf(provider: P): CircuitBreaker {
    const breaker = this.breakers.get(provider) ?? new CircuitBreaker(this.parts.clock);
    this.breakers.set(provider, breaker);
    return breaker;
  }

  /** Notes the failure of a provider, and says by what it is replaced. */
  failed(provider: P, error: unknown, next?: P): void {
    const { providers, part } = this.parts;
    this.breakerOf(provider).failed(error instanceof ProviderError ? error.retryAfterMs : undefined);
    providers.failed(part, provider.name, error, next?.name);
  }

  /** The items of the first provider that gives one. Throws what the last one threw, or one that had begun; ends quietly when aborted. */
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
        // How long whoever listens takes for an item is not the provider's time.
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
      // Whoever stops reading early stops the provider too.
      late.abort();
    }
  }
}
