import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http';
import { AddressInfo } from 'node:net';
import { Settings } from './start-app.js';

const LISTS = { IncomingPhoneNumbers: 'incoming_phone_numbers', OutgoingCallerIds: 'outgoing_caller_ids' } as const;
type List = keyof typeof LISTS;

/** Answers as Twilio's REST API does (api.twilio.com, 2010-04-01) to those who ask which numbers an account has. */
export class TestTwilio {
  readonly accountSid = `AC${'0123456789abcdef'.repeat(2)}`;
  readonly authToken = 'fedcba9876543210fedcba9876543210';
  readonly numbers: Record<List, string[]> = { IncomingPhoneNumbers: [], OutgoingCallerIds: [] };
  /** Lists and numbers that were asked for. */
  readonly asked: string[] = [];
  /** In place of what it would answer. */
  failure?: (response: ServerResponse) => void;
  private readonly server: Server = createServer((request, response) => this.answer(request, response));

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Settings of a service that has this account. */
  get settings(): Settings {
    return {
      TWILIO_ACCOUNT_SID: this.accountSid,
      TWILIO_AUTH_TOKEN: this.authToken,
      TWILIO_API_URL: `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`,
    };
  }

  /** Fails in this way while `work` runs. */
  async failing(failure: (response: ServerResponse) => void, work: () => Promise<void>): Promise<void> {
    this.failure = failure;
    await work().finally(() => (this.failure = undefined));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://twilio.test');
    const [, account, list] = /^\/2010-04-01\/Accounts\/(\w+)\/(\w+)\.json$/.exec(pathname) ?? [];
    this.asked.push(`${list} ${searchParams.get('PhoneNumber')}`);
    if (this.failure) return this.failure(response);
    const basic = `Basic ${Buffer.from(`${this.accountSid}:${this.authToken}`).toString('base64')}`;
    if (request.headers.authorization !== basic) return fail(response, 401, 20003, 'Authenticate');
    if (request.method !== 'GET' || account !== this.accountSid || !(list in LISTS)) {
      return fail(response, 404, 20404, `The requested resource ${pathname} was not found`);
    }
    send(response, 200, this.pageOf(list as List, pathname, searchParams));
  }

  /** Like Twilio it finds what contains the digits, `*` standing for any of them. */
  private pageOf(list: List, path: string, query: URLSearchParams) {
    const wanted = new RegExp((query.get('PhoneNumber') ?? '').replaceAll('+', '\\+').replaceAll('*', '\\d'));
    const [page, size] = [Number(query.get('Page') ?? 0), Number(query.get('PageSize') ?? 50)];
    const found = this.numbers[list].filter((number) => wanted.test(number));
    const uriOf = (number: number) => {
      const asked = new URLSearchParams({ PhoneNumber: query.get('PhoneNumber') ?? '', PageSize: String(size) });
      return `${path}?${asked.toString()}&Page=${number}`;
    };
    return {
      first_page_uri: uriOf(0),
      next_page_uri: (page + 1) * size < found.length ? uriOf(page + 1) : null,
      previous_page_uri: page > 0 ? uriOf(page - 1) : null,
      uri: uriOf(page),
      page,
      page_size: size,
      start: page * size,
      end: Math.min((page + 1) * size, found.length) - 1,
      [LISTS[list]]: found.slice(page * size, (page + 1) * size).map((number) => this.resource(list, number)),
    };
  }

  private resource(list: List, number: string) {
    const sid = `PN${Buffer.from(number).toString('hex').padEnd(32, '0').slice(0, 32)}`;
    return {
      sid,
      account_sid: this.accountSid,
      friendly_name: number,
      phone_number: number,
      date_created: 'Thu, 30 Jul 2015 23:19:04 +0000',
      date_updated: 'Thu, 30 Jul 2015 23:19:04 +0000',
      uri: `/2010-04-01/Accounts/${this.accountSid}/${list}/${sid}.json`,
    };
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** Twilio's own shape of an error. */
export function fail(response: ServerResponse, status: number, code: number, message: string): void {
  send(response, status, { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status });
}
