/** Starts to watch the event loop; the returned function ends that and returns the longest time in which nothing else could run, milliseconds. */
export function watchEventLoop(): () => number {
  let last = performance.now();
  let longest = 0;
  let isOn = true;
  const look = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (isOn) setImmediate(look);
  };
  setImmediate(look);
  return () => {
    isOn = false;
    look();
    return longest;
  };
}
