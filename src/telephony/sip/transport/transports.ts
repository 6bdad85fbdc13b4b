import { type Hop, type Receive, type SipProtocol, type Transport } from './hop.js';
import { StreamTransport } from './stream-transport.js';
import { UdpTransport } from './udp-transport.js';

export interface TransportOptions {
  /** Where UDP and TCP listen. Port 0 takes any. */
  listen: { address: string; port: number };
  /** What others reach us by; the address that we listen on unless told. */
  publicAddress?: string;
  isAllowed(address: string): boolean;
}

/** How often another port is tried where any will do. */
const MAX_TRIES = 20;

/** All ways of carrying messages, on one port. */
export class Transports {
  private constructor(
    private readonly byProtocol: Record<SipProtocol, Transport>,
    readonly port: number,
    readonly publicAddress: string,
  ) {}

  /** Listens on UDP and TCP; rejects when the port is taken. */
  static async open(options: TransportOptions, receive: Receive): Promise<Transports> {
    // Any port that is free on UDP may be taken on TCP.
    for (let tries = options.listen.port === 0 ? MAX_TRIES : 1; ; tries -= 1) {
      try {
        return await Transports.listen(options, receive);
      } catch (error) {
        if (tries === 1) throw error;
      }
    }
  }

  private static async listen(options: TransportOptions, receive: Receive): Promise<Transports> {
    const { address, port } = options.listen;
    const udp = await UdpTransport.listen(address, port, receive);
    const tcp = new StreamTransport({ protocol: 'tcp', receive, isAllowed: (peer) => options.isAllowed(peer) });
    try {
      await tcp.listen(address, udp.port);
    } catch (error) {
      await udp.close();
      throw error;
    }
    const tls = new StreamTransport({ protocol: 'tls', receive, isAllowed: () => false });
    return new Transports({ udp, tcp, tls }, udp.port, options.publicAddress ?? address);
  }

  send(bytes: Buffer, hop: Hop): Promise<void> {
    return this.byProtocol[hop.protocol].send(bytes, hop);
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.byProtocol).map((transport) => transport.close()));
  }
}
