import { Clock, MINUTE_MS, SECOND_MS } from './clock.js';

/** Failures in a row that open the breaker. */
const FAILURES = 3;
const OPEN_MS = 20 * SECOND_MS;
/** Limit of the pause that a provider may ask for. */
const MAX_OPEN_MS = 5 * MINUTE_MS;

/** Keeps calls away from a failing provider: after a pause, one call tries it; when that succeeds, all calls use it again. */
export class CircuitBreaker {
  private failures = 0;
  private openedAt = 0;
  private openMs = 0;
  private isProbing = false;

  constructor(private readonly clock: Clock) {}

  /** True while the provider should not be asked. A clock that is put back does not lengthen the pause. */
  get isOpen(): boolean {
    if (this.openMs === 0) return false;
    const age = this.clock.now().getTime() - this.openedAt;
    return this.isProbing || (age >= 0 && age < this.openMs);
  }

  /** Call it before each use of the provider, and exactly one of `succeeded`, `failed` and `calledOff` after it. */
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

  /** The use was cancelled, which is no evidence for or against the provider. */
  calledOff(): void {
    this.isProbing = false;
  }
}
