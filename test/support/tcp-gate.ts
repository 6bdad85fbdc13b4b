import { once } from 'node:events';
import { AddressInfo, connect, createServer, Server, Socket } from 'node:net';

/** A TCP port in front of another one that can be shut and opened again: what is behind it is away, and comes back. */
export class TcpGate {
  private server: Server;
  private readonly sockets = new Set<Socket>();
  private port = 0;

  constructor(private readonly behind: URL) {}

  /** The URL of what is behind, through the gate. */
  get url(): string {
    return Object.assign(new URL(this.behind), { hostname: '127.0.0.1', port: String(this.port) }).href;
  }

  /** Lets through, the next time on the same port. */
  async open(): Promise<void> {
    this.server = createServer((inside) => {
      const outside = connect(Number(this.behind.port), this.behind.hostname);
      for (const [one, other] of [
        [inside, outside],
        [outside, inside],
      ]) {
        this.sockets.add(one);
        one.on('error', () => other.destroy()).once('close', () => this.sockets.delete(one));
        one.pipe(other);
      }
    });
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** Cuts every connection and refuses new ones. */
  async shut(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}
