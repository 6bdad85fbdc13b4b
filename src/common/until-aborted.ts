/**
 * The values of a stream until a signal is aborted; then it ends at once, without an error, even while the stream hangs and does not care.
 * The stream's own end is not waited for.
 */
export async function* untilAborted<T>(stream: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T, void> {
  if (signal.aborted) return;
  const iterator = stream[Symbol.asyncIterator]();
  let stop = () => {};
  const aborted = new Promise<null>((resolve) => {
    stop = () => resolve(null);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    for (;;) {
      const next = iterator.next();
      const result = await Promise.race([next, aborted]);
      if (result === null || signal.aborted) {
        // Whatever it says later, nobody listens any more.
        next.catch(() => {});
        return;
      }
      if (result.done === true) return;
      yield result.value;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    void iterator.return?.().catch(() => {});
  }
}
