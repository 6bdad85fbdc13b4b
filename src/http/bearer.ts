/** Scheme in any case, and one blank or more (RFC 9110, section 11.4; RFC 6750, section 2.1). */
const CREDENTIALS = /^Bearer +(.+)$/i;
const TOKEN68 = /^[\w.~+/-]+=*$/;

/** What an Authorization header holds behind the scheme Bearer; undefined under any other scheme. */
export function bearerCredentials(authorization: string): string | undefined {
  return CREDENTIALS.exec(authorization)?.[1];
}

/** The same, if it can be a token. */
export function bearerToken(authorization: string): string | undefined {
  const credentials = bearerCredentials(authorization);
  return credentials !== undefined && TOKEN68.test(credentials) ? credentials : undefined;
}
