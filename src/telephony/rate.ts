/** Allows so many things a second on average, and so many at once. Time is real: what is bounded is the work of this process. */
export class Rate {
  private left: number;
  private at = performance.now();

  constructor(
    private readonly perSecond: number,
    private readonly atOnce: number,
  ) {
    this.left = atOnce;
  }

  /** Takes one; false where there is none left. */
  take(): boolean {
    const now = performance.now();
    this.left = Math.min(this.atOnce, this.left + ((now - this.at) / 1000) * this.perSecond);
    this.at = now;
    if (this.left < 1) return false;
    this.left -= 1;
    return true;
  }
}
