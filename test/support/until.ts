import { setTimeout as delay } from 'node:timers/promises';

const LOOK_EVERY_MS = 10;
/** So that a test whose answer never comes fails, and leaves nothing behind that looks on for ever. */
const TIMEOUT_MS = 60_000;

/** Asks until the answer is there; throws when that takes longer than any machine needs. */
export async function until<Value>(
  ask: () => Promise<Value | null | undefined | false> | Value | null | undefined | false,
  everyMs = LOOK_EVERY_MS,
): Promise<Value> {
  const giveUpAt = performance.now() + TIMEOUT_MS;
  for (;;) {
    const value = await ask();
    if (value !== null && value !== undefined && value !== false) return value;
    if (performance.now() > giveUpAt) throw new Error(`Still waiting after ${TIMEOUT_MS / 1000} s for: ${String(ask)}`);
    await delay(everyMs);
  }
}
