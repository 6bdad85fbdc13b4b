/** A bounded number of places (a semaphore); those who find none free wait in order of arrival. */
export class Places {
  private free: number;
  private readonly waiting = new Set<() => void>();

  constructor(places: number) {
    this.free = places;
  }

  /** Calls `then` as soon as a place is free, with a function that gives the place back. Returns a function that cancels the wait. */
  take(then: (giveBack: () => void) => void): () => void {
    const begin = () => {
      let isHeld = true;
      then(() => {
        if (isHeld) this.giveBack();
        isHeld = false;
      });
    };
    if (this.free > 0) {
      this.free -= 1;
      begin();
    } else this.waiting.add(begin);
    return () => void this.waiting.delete(begin);
  }

  private giveBack(): void {
    const [next] = this.waiting;
    if (!next) return void (this.free += 1);
    this.waiting.delete(next);
    next();
  }
}
