import createClient, { type Client } from 'openapi-fetch';

/** The tokens of a session, as signup, login and refresh answer them. */
export interface Tokens {
  /** Access token, for `Authorization: Bearer`. */
  token: string;
  /** Gets the next tokens; works once. */
  refreshToken: string;
  /** When `token` expires (ISO 8601). */
  expirationTime: string;
}

export interface TalkstackOptions {
  /** Where the service is, with the path below which a proxy serves it, if any. */
  baseUrl: string;
  /** Access token of an earlier login. */
  token?: string | undefined;
  /** Its refresh token. Two clients must not share one: the service takes its second use for a theft. */
  refreshToken?: string | undefined;
  /** Device token of an earlier login, by which a login is let in while others guess at the password. */
  deviceToken?: string | undefined;
  /** API key, used while there is no token. */
  apiKey?: string | undefined;
  /** Told of new tokens, for whoever keeps them, and null when the session is over. */
  onTokens?: ((tokens: Tokens | null) => void) | undefined;
  /** Told of the device token of each login, for whoever keeps it. It outlives the session: keep it after the logout too. */
  onDeviceToken?: ((deviceToken: string) => void) | undefined;
}

/** Their answers carry the tokens of a new session. */
const OPENS_SESSION = /\/auth\/(login|signup)$/;
/** Their success ends the client's own session. */
const ENDS_SESSION = /^POST .*\/auth\/logout(-all)?$|^DELETE .*\/user$/;
const LOGIN = /\/auth\/login$/;
/** Codes of a 401 that new tokens cure. A wrong password is 401 too, and trying it once more would count as one more guess. */
const CURABLE = ['TOKEN_INVALID', 'UNAUTHORIZED'];
/** Statuses by which a refresh says that its session is over, and not just that it should be tried later. */
const SESSION_OVER = [400, 401, 404];

async function isCurable(response: Response): Promise<boolean> {
  if (response.status !== 401) return false;
  const body = (await response
    .clone()
    .json()
    .catch(() => null)) as { code?: string } | null;
  return CURABLE.includes(body?.code ?? '');
}

/** Puts the credentials on requests. One that meets an expired token gets new tokens, and is sent once more. */
class Session {
  private token: string | undefined;
  private refreshToken: string | undefined;
  private renewing: Promise<boolean> | undefined;
  private deviceToken: string | undefined;

  constructor(private readonly options: TalkstackOptions) {
    this.token = options.token;
    this.refreshToken = options.refreshToken;
    this.deviceToken = options.deviceToken;
  }

  async send(request: Request): Promise<Response> {
    if (request.headers.has('authorization') || request.headers.has('x-api-key')) return fetch(request);
    const { pathname } = new URL(request.url);
    if (this.deviceToken !== undefined && LOGIN.test(pathname)) request.headers.set('x-device-token', this.deviceToken);
    // A body can be read only once.
    const again = request.clone();
    const used = this.token;
    const response = await fetch(this.signed(request));
    if ((await isCurable(response)) && (await this.renew(used))) return fetch(this.signed(again));
    if (response.ok && OPENS_SESSION.test(pathname)) {
      const answer = (await response.clone().json()) as Tokens & { deviceToken?: string };
      this.keep(answer);
      this.keepDevice(answer.deviceToken);
    }
    if (response.ok && ENDS_SESSION.test(`${request.method} ${pathname}`)) this.end();
    return response;
  }

  private signed(request: Request): Request {
    if (this.token !== undefined) request.headers.set('authorization', `Bearer ${this.token}`);
    else if (this.options.apiKey !== undefined) request.headers.set('x-api-key', this.options.apiKey);
    return request;
  }

  /** True when there is a newer token than the one that was refused. Requests that are refused together share one refresh. */
  private renew(refused: string | undefined): Promise<boolean> {
    if (this.token !== refused) return Promise.resolve(true);
    this.renewing ??= this.refresh().finally(() => (this.renewing = undefined));
    return this.renewing;
  }

  private async refresh(): Promise<boolean> {
    const { refreshToken } = this;
    if (refreshToken === undefined) return false;
    const response = await this.askForTokens(refreshToken);
    // Somebody logged in meanwhile: those tokens are the newer ones.
    if (this.refreshToken !== refreshToken) return true;
    if (response?.ok) this.keep((await response.json()) as Tokens);
    else if (SESSION_OVER.includes(response?.status ?? 0)) this.end();
    return response?.ok ?? false;
  }

  /** Null when the service cannot be reached; the refresh token is as good as before, so a later request may try again. */
  private async askForTokens(refreshToken: string): Promise<Response | null> {
    return fetch(`${this.options.baseUrl.replace(/\/$/, '')}/auth/refresh-token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ refreshToken }),
    }).catch(() => null);
  }

  private keep({ token, refreshToken, expirationTime }: Tokens): void {
    this.token = token;
    this.refreshToken = refreshToken;
    this.options.onTokens?.({ token, refreshToken, expirationTime });
  }

  private keepDevice(deviceToken: string | undefined): void {
    if (deviceToken === undefined) return;
    this.deviceToken = deviceToken;
    this.options.onDeviceToken?.(deviceToken);
  }

  /** No further request asks for tokens; the old one stays, for the service to say what is wrong with it. */
  private end(): void {
    this.refreshToken = undefined;
    this.options.onTokens?.(null);
  }
}

/** Which page of a list to ask for next. */
export interface NextPage {
  page?: number;
  pageSize?: number;
  after?: string;
}

/** The query of the page behind the one that this answer has, by its `Link` header; null behind the last one. */
export function nextPage({ headers }: Response): NextPage | null {
  const url = /<([^>]*)>; *rel="?next"?/.exec(headers.get('link') ?? '')?.[1];
  if (url === undefined) return null;
  const query = new URL(url, 'http://localhost').searchParams;
  const numbers = ['page', 'pageSize'].filter((name) => query.has(name)).map((name) => [name, Number(query.get(name))]);
  return { ...Object.fromEntries(numbers), ...(query.has('after') && { after: query.get('after') ?? '' }) } as NextPage;
}

/** A client of the service whose paths these are; it stays logged in by itself. */
export function clientOf<Paths extends object>(options: TalkstackOptions): Client<Paths> {
  const session = new Session(options);
  // Around fetch, and not as a middleware: whatever else is put into the client sees one request and its final answer.
  return createClient<Paths>({ baseUrl: options.baseUrl, fetch: (request) => session.send(request) });
}
