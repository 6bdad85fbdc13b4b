/** How often ours and what it is compared with take turns. */
const TURNS = 7;

/** What ours did between two measurements of the raw limit. */
export interface Turn<Ours, Raw> {
  ours: Ours;
  raw: [before: Raw, after: Raw];
}

/**
 * Measures ours and its raw limit in turns: a shared machine is fast now and slow then, and a turn is compared with the two
 * beside it alone. Both have a turn before that does not count, for code that runs for the first time is slow.
 */
export async function inTurns<Ours, Raw>(
  ours: () => Promise<Ours>,
  raw: () => Promise<Raw>,
  times = TURNS,
): Promise<Turn<Ours, Raw>[]> {
  await ours();
  await raw();
  const turns: Turn<Ours, Raw>[] = [];
  let before = await raw();
  while (turns.length < times) {
    const measured = await ours();
    const after = await raw();
    turns.push({ ours: measured, raw: [before, after] });
    before = after;
  }
  return turns;
}

export function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** The median of all turns, each compared by `compare` with the mean of the raw limit beside it. */
export function overTurns<Ours, Raw>(
  turns: Turn<Ours, Raw>[],
  figures: { ours: (measured: Ours) => number; raw: (measured: Raw) => number },
  compare: (ours: number, raw: number) => number,
): number {
  return median(turns.map(({ ours, raw }) => compare(figures.ours(ours), mean(raw.map(figures.raw)))));
}
