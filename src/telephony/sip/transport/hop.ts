export type SipProtocol = 'udp' | 'tcp' | 'tls';

/** The other side of a transport: whom we send to, or who sent. */
export interface Hop {
  protocol: SipProtocol;
  /** An IP address. */
  address: string;
  port: number;
  /** The name that a TLS certificate must be made out to. */
  serverName?: string;
}

/** Bytes that came in, which may be no message. */
export type Receive = (bytes: Buffer, from: Hop) => void;

/** One way of carrying messages. */
export interface Transport {
  /** Resolves when the bytes were handed to the network, rejects when there is no way to the hop. */
  send(bytes: Buffer, hop: Hop): Promise<void>;
  close(): Promise<void>;
}

export function hopKey({ protocol, address, port }: Hop): string {
  return `${protocol} ${address} ${port}`;
}
