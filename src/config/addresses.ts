import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

const IPV4_BITS = 32;
const IPV6_BITS = 128;

/** All of IPv6 that is given out to the public (RFC 4291, section 2.4). */
const PUBLIC_IPV6 = ipaddr.parseCIDR('2000::/3');

/** An address as four numbers or as IPv6; one that carries IPv4 inside (`::ffff:…`) is that one. Null for anything else. */
function parse(text: string): Address | null {
  const [bare] = text.split('%');
  // ipaddr.js alone would also take `127.1` and `0x7f000001`.
  return isIP(bare) === 0 ? null : ipaddr.process(bare);
}

function isIpv6(address: Address | null): address is ipaddr.IPv6 {
  return address?.kind() === 'ipv6';
}

/** Returns true for IPv4 and IPv6 as they are written without brackets, port or range. */
export function isAddress(text: string): boolean {
  return isIP(text) !== 0;
}

/** An address or a range (`10.0.0.0/8`) as an address and the bits that count of it; null for anything else, and for all addresses there are. */
function parseRange(text: string): [Address, number] | null {
  const [first, bits, ...rest] = text.split('/');
  const address = first.includes('%') ? null : parse(first);
  if (!address || rest.length > 0) return null;
  const size = isIpv6(address) ? IPV6_BITS : IPV4_BITS;
  if (bits === undefined) return [address, size];
  // Of an IPv4 address that is written as IPv6 (`::ffff:10.0.0.0/104`) the last 32 bits are the address.
  const count = isIP(first) === 6 ? Number(bits) - (IPV6_BITS - size) : Number(bits);
  return /^[1-9]\d{0,2}$/.test(bits) && count >= 1 && count <= size ? [address, count] : null;
}

/** Returns true for an address, or a range of them (`10.0.0.0/8`) that does not hold all. */
export function isAddressOrRange(text: string): boolean {
  return parseRange(text) !== null;
}

/** Returns a test of whether an address is one of these, or in one of these ranges, all accepted by isAddressOrRange. */
export function addressTest(ranges: string[]): (ip: string) => boolean {
  const parsed = ranges.map(parseRange).filter((range) => range !== null);
  return (ip) => {
    const address = parse(ip);
    return parsed.some(([first, bits]) => address?.kind() === first.kind() && address.match(first, bits));
  };
}

/** The first bits of an address, the rest 0, without the length of the prefix: four groups at most. */
function prefixOf(address: ipaddr.IPv6, bits: 48 | 56 | 64): string {
  const groups = address.parts.slice(0, Math.ceil(bits / 16));
  if (bits === 56) groups[3] &= 0xff00;
  return groups.map((group) => group.toString(16)).join(':');
}

/** IPv4 or IPv6 in its one canonical form; null for anything else. Some proxies add a port. */
export function canonicalIp(text: string): string | null {
  const bare = text.replace(/^\[(.*)\](:\d+)?$/, '$1').replace(/^([\d.]+):\d+$/, '$1');
  return parse(bare)?.toString() ?? null;
}

/** Where one client is to be looked for: an IPv4 address, or the /64 that an IPv6 client has to itself. */
export function ipRange(ip: string): string {
  const address = parse(ip);
  return isIpv6(address) ? `${prefixOf(address, 64)}::/64` : ip;
}

/** The network of so many bits around an IPv6 address, which one customer may have; null for IPv4, where one has an address. */
export function ipv6Network(ip: string, bits: 48 | 56): string | null {
  const address = parse(ip);
  return isIpv6(address) ? `${prefixOf(address, bits)}::/${bits}` : null;
}

/** The address without its last bits: a /24 of IPv4, a /48 of IPv6; enough to recognise a place, not a person. */
export function maskedIp(ip: string): string {
  const address = parse(ip);
  if (isIpv6(address)) return `${prefixOf(address, 48)}::/48`;
  return (address?.toString() ?? ip).replace(/\d+$/, '0/24');
}

/** Returns true for an address that anybody can have on the Internet. */
export function isPublicAddress(text: string): boolean {
  const address = parse(text);
  return address?.range() === 'unicast' && (!isIpv6(address) || address.match(PUBLIC_IPV6));
}

/** Returns true for an address that never leaves this machine. */
export function isLoopback(text: string): boolean {
  return parse(text)?.range() === 'loopback';
}

/** Returns true for a host of a URL or of a Host header, without a port, that is this machine: `localhost` or a loopback address. */
export function isThisMachine(host: string): boolean {
  return host.toLowerCase() === 'localhost' || isLoopback(host.replace(/^\[(.*)\]$/, '$1'));
}
