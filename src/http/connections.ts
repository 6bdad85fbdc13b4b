import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { AddressSettings } from './address.settings.js';
import { ConnectionSettings } from './connection.settings.js';
import { addressTest, canonicalIp, ipRange, isLoopback } from '../config/addresses.js';
import { ignoreExpectHeader } from './connection-errors.js';
import { allowUpgrades } from './upgrades.js';

/** Time for a client to send its whole request, milliseconds; against slow requests (Slowloris). */
const REQUEST_TIMEOUT_MS = 30_000;
/** How often Node checks for overdue requests, and we for overdue responses. */
const CHECK_INTERVAL_MS = 1000;
/** Pipelined requests that may wait on one connection. Few clients pipeline, and none needs more. */
const MAX_WAITING_REQUESTS = 8;

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

interface Connection {
  readonly owner: Owner;
  /** Requests that wait behind the current one; undefined without one. */
  waiting?: [IncomingMessage, ServerResponse][];
}

/** The connections of one IP. */
interface Owner {
  readonly ip: string;
  open: number;
  /** The longest idle first. */
  readonly idle: Set<Socket>;
}

/** The proxies of TRUST_PROXY: each stands for many clients. */
export function proxyTest(setting: string | undefined): (ip: string) => boolean {
  if (setting === undefined) return () => false;
  if (/^\d+$/.test(setting)) return () => true;
  if (setting === 'loopback') return isLoopback;
  return addressTest(setting.split(',').map((part) => part.trim()));
}

/**
 * Limits connections. Requests of one connection run one after another: a client that reads nothing has one response in memory, not a
 * thousand, and one that hangs up cancels its whole pipeline.
 */
export class Connections {
  private readonly open = new Map<Socket, Connection>();
  private readonly owners = new Map<string, Owner>();
  private readonly idle = new Set<Socket>();
  /** Start of the current request of each busy connection, oldest first. */
  private readonly busySince = new Map<Socket, number>();
  private readonly isProxy: (ip: string) => boolean;

  constructor(
    private readonly settings: ConnectionSettings,
    { TRUST_PROXY }: AddressSettings,
  ) {
    this.isProxy = proxyTest(TRUST_PROXY);
  }

  /** The server for Fastify. */
  createServer(handler: Handler): Server {
    const { HEADERS_TIMEOUT_MS: headersTimeout, KEEP_ALIVE_TIMEOUT_MS: keepAliveTimeout } = this.settings;
    const server = createServer({
      connectionsCheckingInterval: CHECK_INTERVAL_MS,
      requireHostHeader: false,
      requestTimeout: REQUEST_TIMEOUT_MS,
      headersTimeout: Math.min(headersTimeout, REQUEST_TIMEOUT_MS),
      keepAliveTimeout,
    });
    server.on('connection', (socket: Socket) => this.admit(socket));
    server.on('request', (request, response) => this.take(request, response, handler));
    ignoreExpectHeader(server);
    allowUpgrades(server, (socket) => this.takeOver(socket));
    const checking = setInterval(() => this.closeOverdue(), CHECK_INTERVAL_MS).unref();
    return server.once('close', () => clearInterval(checking));
  }

  /** From now on the client must read its response: Node closes the connection when nothing moves. */
  expectReading(socket: Socket): void {
    // An injected request has no connection.
    if (this.open.has(socket)) socket.setTimeout(this.settings.UNREAD_TIMEOUT_MS);
  }

  /** An upgraded connection counts as open, but is never closed to make room. */
  private takeOver(socket: Socket): boolean {
    const connection = this.open.get(socket);
    if (!connection || connection.waiting) return false;
    this.idle.delete(socket);
    return connection.owner.idle.delete(socket);
  }

  private admit(socket: Socket): void {
    const known = this.open.get(socket);
    // A connection that was not upgraded after all is tracked again.
    if (known) return this.setIdle(socket, known.owner);
    const ip = canonicalIp(socket.remoteAddress ?? '');
    if (ip === null) return void socket.destroy();
    const owner = this.ownerOf(ipRange(ip));
    const hasRoom =
      (this.isProxy(ip) || this.makeRoom(owner.open, this.settings.MAX_CONNECTIONS_PER_IP, owner.idle)) &&
      this.makeRoom(this.open.size, this.settings.MAX_CONNECTIONS, this.idle);
    if (!hasRoom) {
      if (owner.open === 0) this.owners.delete(owner.ip);
      return void socket.destroy();
    }
    this.owners.set(owner.ip, owner);
    owner.open += 1;
    this.open.set(socket, { owner });
    this.setIdle(socket, owner);
    socket.once('close', () => this.forget(socket));
  }

  private ownerOf(ip: string): Owner {
    return this.owners.get(ip) ?? { ip, open: 0, idle: new Set() };
  }

  /** Closes the longest idle connection when there are too many; returns false when none is idle. */
  private makeRoom(open: number, max: number, idle: Set<Socket>): boolean {
    if (open < max) return true;
    const [longest] = idle;
    if (longest === undefined) return false;
    this.forget(longest);
    longest.destroy();
    return true;
  }

  private forget(socket: Socket): void {
    const connection = this.open.get(socket);
    if (!connection) return;
    const { owner } = connection;
    this.open.delete(socket);
    this.busySince.delete(socket);
    this.idle.delete(socket);
    owner.idle.delete(socket);
    owner.open -= 1;
    if (owner.open === 0) this.owners.delete(owner.ip);
  }

  private setIdle(socket: Socket, owner: Owner): void {
    this.busySince.delete(socket);
    this.idle.add(socket);
    owner.idle.add(socket);
  }

  private take(request: IncomingMessage, response: ServerResponse, handler: Handler): void {
    const { socket } = request;
    const connection = this.open.get(socket);
    if (!connection) return void socket.destroy();
    if (!connection.waiting) {
      connection.waiting = [];
      this.idle.delete(socket);
      connection.owner.idle.delete(socket);
      this.begin(request, response, connection, handler);
    } else if (connection.waiting.length < MAX_WAITING_REQUESTS) {
      connection.waiting.push([request, response]);
    } else {
      socket.destroy();
    }
  }

  private begin(request: IncomingMessage, response: ServerResponse, connection: Connection, handler: Handler): void {
    const { socket } = request;
    this.busySince.delete(socket);
    this.busySince.set(socket, performance.now());
    response.once('close', () => this.goOn(socket, connection, handler));
    handler(request, response);
  }

  /** Runs at the end of a response. If the connection has ended, drops the requests behind it. */
  private goOn(socket: Socket, connection: Connection, handler: Handler): void {
    if (socket.destroyed || !socket.writable || !this.open.has(socket)) return;
    const next = connection.waiting?.shift();
    if (next) {
      // Node sets it only for requests that arrive on an idle connection.
      socket.setTimeout(0);
      return this.begin(...next, connection, handler);
    }
    connection.waiting = undefined;
    this.setIdle(socket, connection.owner);
  }

  private closeOverdue(): void {
    const startedBefore = performance.now() - this.settings.RESPONSE_TIMEOUT_MS;
    for (const [socket, since] of this.busySince) {
      if (since > startedBefore) return;
      socket.destroy();
    }
  }
}
