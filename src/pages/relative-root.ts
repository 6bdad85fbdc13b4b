/** Returns the way from a page to the root of the service. Relative, because a proxy may add a path that the service does not know. */
export function relativeRoot(url: string): string {
  const [path] = url.split('?');
  const depth = path.split('/').length - 2;
  return depth > 0 ? '../'.repeat(depth) : './';
}
