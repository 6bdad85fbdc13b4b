import { setTimeout as delay } from 'node:timers/promises';

const LOOK_EVERY_MS = 10;

/** Asks until the answer is there; the test's own time limit is the only one. */
export async function until<Value>(
  ask: () => Promise<Value | null | undefined | false> | Value | null | undefined | false,
): Promise<Value> {
  for (;;) {
    const value = await ask();
    if (value !== null && value !== undefined && value !== false) return value;
    await delay(LOOK_EVERY_MS);
  }
}
