import { once } from 'node:events';
import { type AddressInfo, connect as connectTcp, createServer, type Server, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type Hop, hopKey, type Receive, type SipProtocol, type Transport } from './hop.js';
import { MessageFramer } from './message-framer.js';

const CONNECT_TIMEOUT_MS = 5000;
/** Trunks keep a connection alive by messages or blank lines; without either it is taken as gone. */
const IDLE_TIMEOUT_MS = 15 * 60_000;
const MESSAGE_TIMEOUT_MS = 10_000;
const MAX_CONNECTIONS = 256;
/** A peer that does not read is cut off. */
const MAX_UNSENT_BYTES = 1024 * 1024;
const PONG = '\r\n';

interface StreamOptions {
  protocol: Exclude<SipProtocol, 'udp'>;
  receive: Receive;
  /** Who may connect; others are cut off before they are read. */
  isAllowed(address: string): boolean;
}

/** Messages over TCP and TLS. One connection a peer, opened by either side, carries both directions. */
export class StreamTransport implements Transport {
  private readonly connections = new Map<string, Promise<Socket>>();
  private readonly sockets = new Set<Socket>();
  private server?: Server;

  constructor(private readonly options: StreamOptions) {}

  /** Accepts connections too; rejects when the address cannot be had. TLS has no server side here. */
  async listen(address: string, port: number): Promise<number> {
    const server = createServer((socket) => this.accept(socket));
    server.maxConnections = MAX_CONNECTIONS;
    server.listen(port, address);
    await once(server, 'listening');
    this.server = server;
    return (server.address() as AddressInfo).port;
  }

  async send(bytes: Buffer, hop: Hop): Promise<void> {
    const key = hopKey(hop);
    let connection = this.connections.get(key);
    if (!connection) {
      connection = this.open(hop);
      this.connections.set(key, connection);
      connection.catch(() => this.connections.delete(key));
    }
    const socket = await connection;
    if (socket.writableLength > MAX_UNSENT_BYTES) socket.destroy();
    await new Promise<void>((resolve, reject) => socket.write(bytes, (error) => (error ? reject(error) : resolve())));
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    const { server } = this;
    if (server) await new Promise((resolve) => server.close(resolve));
  }

  private async open(hop: Hop): Promise<Socket> {
    const { address: host, port, serverName } = hop;
    const socket =
      this.options.protocol === 'tls'
        ? connectTls({ host, port, servername: serverName, ALPNProtocols: [] })
        : connectTcp({ host, port });
    const limit = setTimeout(
      () => socket.destroy(new Error('The connection was not made in time.')),
      CONNECT_TIMEOUT_MS,
    );
    try {
      await once(socket, this.options.protocol === 'tls' ? 'secureConnect' : 'connect');
    } finally {
      clearTimeout(limit);
    }
    this.serve(socket, hop);
    return socket;
  }

  private accept(socket: Socket): void {
    const { remoteAddress = '', remotePort = 0 } = socket;
    const address = remoteAddress.replace(/^::ffff:/, '');
    if (!this.options.isAllowed(address)) {
      socket.destroy();
      return;
    }
    const hop: Hop = { protocol: this.options.protocol, address, port: remotePort };
    this.connections.set(hopKey(hop), Promise.resolve(socket));
    this.serve(socket, hop);
  }

  private serve(socket: Socket, hop: Hop): void {
    this.sockets.add(socket);
    const framer = new MessageFramer(
      (bytes) => this.options.receive(bytes, hop),
      () => socket.write(PONG),
    );
    let limit: NodeJS.Timeout | undefined;
    socket.setNoDelay(true);
    socket.setTimeout(IDLE_TIMEOUT_MS, () => socket.destroy());
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(limit);
      this.sockets.delete(socket);
      this.connections.delete(hopKey(hop));
    });
    socket.on('data', (chunk) => {
      if (socket.writableLength > MAX_UNSENT_BYTES) return void socket.destroy();
      try {
        framer.add(chunk);
      } catch (error) {
        return void socket.destroy(error as Error);
      }
      // A message that never ends holds its bytes no longer than this.
      if (!framer.isInMessage) {
        clearTimeout(limit);
        limit = undefined;
      } else limit ??= setTimeout(() => socket.destroy(), MESSAGE_TIMEOUT_MS).unref();
    });
  }
}
