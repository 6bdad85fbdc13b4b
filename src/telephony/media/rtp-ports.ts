import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIP } from 'node:net';

/** A stream's two sockets: RTP on an even port, RTCP on the next (RFC 3550 section 11). */
export interface RtpSockets {
  rtp: Socket;
  rtcp: Socket;
  port: number;
}

async function bound(address: string, port: number): Promise<Socket | null> {
  const socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4');
  try {
    socket.bind(port, address);
    await once(socket, 'listening');
    return socket;
  } catch {
    // `error` came instead: another program has the port.
    socket.close();
    return null;
  }
}

/** Gives out pairs of ports, each once, the one given back longest ago first: late packets of an old call find nobody. */
export class RtpPorts {
  private readonly free: number[] = [];

  constructor(
    private readonly address: string,
    first: number,
    last: number,
  ) {
    for (let port = first + (first % 2); port + 1 <= last; port += 2) this.free.push(port);
  }

  get freeCount(): number {
    return this.free.length;
  }

  /** Null when every pair is taken. */
  async take(): Promise<RtpSockets | null> {
    for (let tries = this.free.length; tries > 0; tries -= 1) {
      const port = this.free.shift();
      if (port === undefined) return null;
      const rtp = await bound(this.address, port);
      const rtcp = rtp && (await bound(this.address, port + 1));
      if (rtp && rtcp) return { rtp, rtcp, port };
      rtp?.close();
      this.free.push(port);
    }
    return null;
  }

  giveBack({ rtp, rtcp, port }: RtpSockets): void {
    rtp.close();
    rtcp.close();
    this.free.push(port);
  }
}
