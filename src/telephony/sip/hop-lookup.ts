import { promises as dns } from 'node:dns';
import { isIP } from 'node:net';
import { parseSipUri, type SipUri } from './sip-uri.js';
import type { Hop, SipProtocol } from './transport/hop.js';

const LOOKUP_TIMEOUT_MS = 4000;
const SERVICES: Record<SipProtocol, string> = { udp: '_sip._udp', tcp: '_sip._tcp', tls: '_sips._tcp' };

function protocolOf(uri: SipUri): SipProtocol | null {
  if (uri.scheme === 'sips') return 'tls';
  const transport = (uri.params.get('transport') ?? 'udp').toLowerCase();
  return transport === 'udp' || transport === 'tcp' || transport === 'tls' ? transport : null;
}

async function inTime<T>(lookup: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The name was not found in time.')), LOOKUP_TIMEOUT_MS);
  });
  try {
    return await Promise.race([lookup, limit]);
  } finally {
    clearTimeout(timer);
  }
}

async function place(
  host: string,
  port: number | null,
  protocol: SipProtocol,
): Promise<{ host: string; port: number }> {
  const usual = protocol === 'tls' ? 5061 : 5060;
  if (port !== null || isIP(host) !== 0) return { host, port: port ?? usual };
  const services = await dns.resolveSrv(`${SERVICES[protocol]}.${host}`).catch(() => []);
  const [best] = services.sort((one, other) => one.priority - other.priority || other.weight - one.weight);
  return best ? { host: best.name, port: best.port } : { host, port: usual };
}

/** Where a URI's requests go: transport, SRV record where no port is told, address (RFC 3263, without NAPTR). Rejects when unknown. */
export async function lookUpHop(text: string): Promise<Hop> {
  const uri = parseSipUri(text);
  const protocol = uri && protocolOf(uri);
  if (!uri || !protocol || uri.host === '') throw new Error('The URI tells no host that can be reached.');
  const found = await inTime(place(uri.host, uri.port, protocol));
  if (isIP(found.host) !== 0) return { protocol, address: found.host, port: found.port };
  const { address } = await inTime(dns.lookup(found.host));
  return { protocol, address, port: found.port, serverName: uri.host };
}
