import { Clock, MINUTE_MS, SECOND_MS } from './clock.js';

/** So many failures in a row open it. */
const FAILURES = 3;
const OPEN_MS = 20 * SECOND_MS;
/** However long a provider asks to be left alone. */
const MAX_OPEN_MS = 5 * MINUTE_MS;

/** Keeps calls from a provider that fails: it is left alone for a while, then tried by one call, and used again when that succeeds. */
export class CircuitBreaker {
  private failures = 0;
  private openedAt = 0;
  private openMs = 0;
  private isProbing = false;

  constructor(private readonly clock: Clock) {}

  /** The provider is better left alone now. A clock that is put back closes no door for longer. */
  get isOpen(): boolean {
    if (this.openMs === 0) return false;
    const age = this.clock.now().getTime() - this.openedAt;
    return this.isProbing || (age >= 0 && age < this.openMs);
  }

  /** A use of the provider begins. Exactly one of `succeeded`, `failed` and `calledOff` has to follow. */
  begin(): void {
    if (this.openMs > 0) this.isProbing = true;
  }

  succeeded(): void {
    this.isProbing = false;
    this.failures = 0;
    this.openMs = 0;
  }

  failed(retryAfterMs = 0): void {
    this.isProbing = false;
    this.failures += 1;
    if (this.failures < FAILURES && retryAfterMs === 0) return;
    this.openedAt = this.clock.now().getTime();
    this.openMs = Math.min(Math.max(retryAfterMs, this.failures < FAILURES ? 0 : OPEN_MS), MAX_OPEN_MS);
  }

  /** Nobody wanted the answer any more: it says nothing of the provider. */
  calledOff(): void {
    this.isProbing = false;
  }
}
