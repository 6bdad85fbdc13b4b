/** A bounded number of places; who finds none free waits, first come first served. */
export class Places {
  private free: number;
  private readonly waiting = new Set<() => void>();

  constructor(places: number) {
    this.free = places;
  }

  /** Calls `then` with what gives the place back (once is enough), at once where one is free; returns what calls the wish off. */
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
