/** Returns the relative path from a page to the root of the service: a proxy may add a prefix that the service does not know. */
export function relativeRoot(url: string): string {
  const [path] = url.split('?');
  const depth = path.split('/').length - 2;
  return depth > 0 ? '../'.repeat(depth) : './';
}
