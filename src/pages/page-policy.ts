const DIRECTIVES: Record<string, string> = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self'",
  'connect-src': "'self'",
  // A form submitted without its script would send what was typed in a URL or to the wrong endpoint.
  'form-action': "'none'",
  'base-uri': "'none'",
  'frame-ancestors': "'none'",
};

/** The content security policy of a page for people: its own files and requests to this service; `changes` replaces directives. */
export function pagePolicy(changes: Record<string, string> = {}): string {
  const directives = Object.entries({ ...DIRECTIVES, ...changes });
  return directives.map(([name, value]) => `${name} ${value}`).join('; ');
}
