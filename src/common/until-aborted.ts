/**
 * Yields the values of a stream until a signal is aborted, then ends at once and without an error, even if the stream hangs and ignores the
 * signal. Does not wait for the stream to end.
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
        // A later rejection would be unhandled: nobody awaits it any more.
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
