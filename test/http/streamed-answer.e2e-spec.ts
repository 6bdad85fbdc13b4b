import { setImmediate as turn } from 'node:timers/promises';
import { streamOf } from '../../src/http/streamed-answer.js';
import { TestClock } from '../support/test-clock.js';

const PIECE = 'x'.repeat(16 * 1024);
const COUNT = 1000;

async function* pieces(count: number, beforeEach: () => void): AsyncGenerator<string> {
  for (let i = 0; i < count; i += 1) {
    beforeEach();
    yield await Promise.resolve(PIECE);
  }
}

/** Reads a stream, with so many seconds after each 16 kB; returns how many kB it got. */
async function read(secondsAPiece: number, secondsToMake = 0, count = COUNT): Promise<number> {
  const clock = new TestClock();
  const stream = streamOf(
    pieces(count, () => clock.advance(secondsToMake * 1000)),
    clock,
  );
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      bytes += (chunk as Buffer).length;
      // As on a network, all that may be made ahead is made while the client is slow.
      await turn();
      clock.advance((secondsAPiece * 1000 * (chunk as Buffer).length) / PIECE.length);
    }
  } catch (error) {
    expect((error as Error).message).toBe('The client did not read the answer in time');
  }
  return bytes / 1024;
}

describe('A streamed response', () => {
  const WHOLE = (COUNT * PIECE.length) / 1024;

  it('reaches a client completely that reads 100 kB a second for less than three minutes', async () => {
    expect(await read(0.16)).toBe(WHOLE);
  });

  it('is cut off after some three minutes when its client reads 40 kB a second', async () => {
    const kilobytes = await read(0.4);
    expect(kilobytes).toBeGreaterThan(40 * 180);
    expect(kilobytes).toBeLessThan(40 * 240);
  });

  it('reaches a client completely that reads 400 kB a second for more than three minutes', async () => {
    expect(await read(0.04, 0, 6000)).toBe((6000 * PIECE.length) / 1024);
  });

  it('is cut off early when its client reads 16 kB a second, and within minutes when it reads even more slowly', async () => {
    // What is made ahead comes on top of the first half minute.
    expect(await read(1)).toBeLessThan(16 * 40);
    expect(await read(20)).toBeLessThan(16 * 10);
  });

  it('is not cut off when generating it takes long', async () => {
    expect(await read(0, 0.3)).toBe(WHOLE);
  });
});
