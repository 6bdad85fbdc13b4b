import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIP } from 'node:net';
import type { Hop, Receive, Transport } from './hop.js';

/** Bursts wait here while the event loop is busy. */
const RECEIVE_BUFFER_BYTES = 1024 * 1024;

/** Messages in datagrams (RFC 3261 section 18). */
export class UdpTransport implements Transport {
  private constructor(private readonly socket: Socket) {}

  /** Listens; rejects when the address cannot be had. */
  static async listen(address: string, port: number, receive: Receive): Promise<UdpTransport> {
    const socket = createSocket({ type: isIP(address) === 6 ? 'udp6' : 'udp4' });
    socket.on('message', (bytes, from) => receive(bytes, { protocol: 'udp', address: from.address, port: from.port }));
    socket.bind(port, address);
    await once(socket, 'listening');
    // An ICMP error of some peer is none of the socket's.
    socket.on('error', () => undefined);
    socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
    return new UdpTransport(socket);
  }

  get port(): number {
    return this.socket.address().port;
  }

  send(bytes: Buffer, hop: Hop): Promise<void> {
    return new Promise((resolve, reject) =>
      this.socket.send(bytes, hop.port, hop.address, (error) => (error ? reject(error) : resolve())),
    );
  }

  async close(): Promise<void> {
    const closed = once(this.socket, 'close');
    this.socket.close();
    await closed;
  }
}
