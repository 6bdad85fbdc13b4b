import { Agent as HttpAgent, type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIPv6, type LookupFunction } from 'node:net';
import { Injectable, OnApplicationShutdown } from '@nestjs/common';
import { SECOND_MS } from '../common/clock.js';
import { describeFailure, TIMED_OUT } from './webhook-failure.js';
import { WebhookUrls } from './webhook-target.js';
import { WebhooksSettings } from './webhooks.settings.js';

/** No more of an answer is read; its status counts all the same. */
const MAX_ANSWER_BYTES = 64 * 1024;
/** Connections that wait for the next delivery, of all receivers and of one, and how long they wait. */
const MAX_IDLE = 100;
const MAX_IDLE_PER_HOST = 5;
const IDLE_MS = 5 * SECOND_MS;

/** What a receiver answered. */
export interface WebhookAnswer {
  /** Null without an answer. */
  status: number | null;
  retryAfter: string | null;
  /** Why there is none. */
  error: string | null;
}

const NO_ANSWER: WebhookAnswer = {
  status: null,
  retryAfter: null,
  error: 'the connection was closed without an answer',
};

/** Posts webhooks: to addresses that are judged when it connects, with TLS verified, no redirect followed, all within one time limit. */
@Injectable()
export class WebhookClient implements OnApplicationShutdown {
  private readonly agents: { 'http:': HttpAgent; 'https:': HttpsAgent };

  constructor(
    private readonly urls: WebhookUrls,
    private readonly settings: WebhooksSettings,
  ) {
    const options = {
      keepAlive: true,
      maxFreeSockets: MAX_IDLE_PER_HOST,
      timeout: IDLE_MS,
      scheduling: 'lifo' as const,
    };
    this.agents = { 'http:': new HttpAgent(options), 'https:': new HttpsAgent(options) };
    for (const agent of Object.values(this.agents)) limitIdle(agent);
  }

  onApplicationShutdown(): void {
    for (const agent of Object.values(this.agents)) agent.destroy();
  }

  /** Never rejects. */
  async post(text: string, headers: Record<string, string>, body: string): Promise<WebhookAnswer> {
    const url = new URL(text);
    const fault = this.urls.faultOf(url);
    if (fault !== null) return { ...NO_ANSWER, error: `the URL ${fault}` };
    const bytes = Buffer.from(body);
    const all = { ...headers, 'content-type': 'application/json', 'content-length': String(bytes.length) };
    const until = performance.now() + this.settings.WEBHOOK_TIMEOUT_MS;
    const first = await this.exchange(url, all, bytes, until);
    // The receiver may have closed a connection that waited at the moment in which it was used again: that says nothing.
    return first.wasStale ? this.exchange(url, all, bytes, until, false) : first;
  }

  private exchange(
    url: URL,
    headers: Record<string, string>,
    body: Buffer,
    until: number,
    agent?: false,
  ): Promise<WebhookAnswer & { wasStale: boolean }> {
    const isTls = url.protocol === 'https:';
    const options = {
      method: 'POST',
      headers,
      agent: agent ?? this.agents[isTls ? 'https:' : 'http:'],
      lookup: this.lookup,
      // Whatever the environment says.
      rejectUnauthorized: true,
    };
    const request = isTls ? httpsRequest(url, options) : httpRequest(url, options);
    return this.outcomeOf(request, body, until);
  }

  private outcomeOf(request: ClientRequest, body: Buffer, until: number) {
    return new Promise<WebhookAnswer & { wasStale: boolean }>((resolve) => {
      let answer = NO_ANSWER;
      let wasStale = false;
      const timer = setTimeout(() => request.destroy(new Error(TIMED_OUT)), Math.max(0, until - performance.now()));
      request.on('response', (response) => {
        answer = {
          status: response.statusCode ?? null,
          retryAfter: response.headers['retry-after'] ?? null,
          error: null,
        };
        readSome(response);
      });
      request.on('error', (error: NodeJS.ErrnoException) => {
        if (answer.status !== null) return;
        wasStale = request.reusedSocket && error.code === 'ECONNRESET';
        answer = { ...NO_ANSWER, error: describeFailure(error, this.settings.WEBHOOK_TIMEOUT_MS) };
      });
      request.on('close', () => {
        clearTimeout(timer);
        resolve({ ...answer, wasStale });
      });
      request.end(body);
    });
  }

  /** Asked at each new connection to a name. What is no name was judged before. */
  private readonly lookup: LookupFunction = (hostname, options, callback) => {
    this.urls.addressesOf(hostname).then(
      (addresses) => {
        const found = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
        if (options.all) callback(null, found);
        else callback(null, found[0].address, found[0].family);
      },
      (error: Error) => callback(error, ''),
    );
  };
}

/** Reads what a receiver says, so that its connection can be used again; not for long. */
function readSome(response: IncomingMessage): void {
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) response.destroy();
  });
  // An answer that breaks off is one all the same: its status was there.
  response.on('error', () => undefined);
}

/** Keeps a connection only as long as few wait. */
function limitIdle(agent: HttpAgent): void {
  const keep = agent.keepSocketAlive.bind(agent);
  agent.keepSocketAlive = (socket) => {
    const idle = Object.values(agent.freeSockets).reduce((sum, sockets) => sum + (sockets?.length ?? 0), 0);
    return idle < MAX_IDLE && keep(socket);
  };
}
