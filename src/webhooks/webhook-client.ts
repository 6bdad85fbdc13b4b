import { Agent as HttpAgent, type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIPv6, type LookupFunction } from 'node:net';
import { Injectable, OnApplicationShutdown } from '@nestjs/common';
import { SECOND_MS } from '../common/clock.js';
import { describeFailure, TIMED_OUT } from './webhook-failure.js';
import { WebhookUrls } from './webhook-target.js';
import { WebhooksSettings } from './webhooks.settings.js';

/** Maximum size that is read of a response; its status counts even if it is larger. */
const MAX_ANSWER_BYTES = 64 * 1024;
/** Connections that wait for the next delivery, of all receivers and of one, and how long they wait. */
const MAX_IDLE = 100;
const MAX_IDLE_PER_HOST = 5;
const IDLE_MS = 5 * SECOND_MS;

/** A receiver's response. */
export interface WebhookAnswer {
  /** Null when there was no response. */
  status: number | null;
  retryAfter: string | null;
  /** Why there was no response. */
  error: string | null;
}

const NO_ANSWER: WebhookAnswer = {
  status: null,
  retryAfter: null,
  error: 'the connection was closed without an answer',
};

/** Posts webhooks: checks addresses when it connects, verifies TLS, follows no redirect, and has one time limit for everything. */
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
    // The receiver may have closed an idle connection just as it was reused: that is no failure.
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
      // Overrides NODE_TLS_REJECT_UNAUTHORIZED.
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
  // A response that breaks off counts: its status has arrived.
  response.on('error', () => undefined);
}

/** Keeps idle connections only up to MAX_IDLE. */
function limitIdle(agent: HttpAgent): void {
  const keep = agent.keepSocketAlive.bind(agent);
  agent.keepSocketAlive = (socket) => {
    const idle = Object.values(agent.freeSockets).reduce((sum, sockets) => sum + (sockets?.length ?? 0), 0);
    return idle < MAX_IDLE && keep(socket);
  };
}
