/** Seed and number of runs of a random test: NAME_SEED and NAME_RUNS set them, the seed is printed. */
export function randomRuns(name: string, usualRuns: number): { seed: number; numRuns: number } {
  const seed = Number(process.env[`${name}_SEED`] ?? Math.floor(Math.random() * 2 ** 31));
  const numRuns = Number(process.env[`${name}_RUNS`] ?? usualRuns);
  process.stderr.write(`${name}_SEED=${seed} ${name}_RUNS=${numRuns}\n`);
  return { seed, numRuns };
}
