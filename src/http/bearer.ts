/** The scheme in any case, and at least one blank (RFC 9110, section 11.4; RFC 6750, section 2.1). */
const CREDENTIALS = /^Bearer +(.+)$/i;
const TOKEN68 = /^[\w.~+/-]+=*$/;

/** The credentials of the scheme Bearer in an Authorization header; undefined for other schemes. */
export function bearerCredentials(authorization: string): string | undefined {
  return CREDENTIALS.exec(authorization)?.[1];
}

/** The same; undefined for text that cannot be a token. */
export function bearerToken(authorization: string): string | undefined {
  const credentials = bearerCredentials(authorization);
  return credentials !== undefined && TOKEN68.test(credentials) ? credentials : undefined;
}
