import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

const IPV4_BITS = 32;
const IPV6_BITS = 128;

/** The global unicast addresses of IPv6 (RFC 4291, section 2.4). */
const PUBLIC_IPV6 = ipaddr.parseCIDR('2000::/3');

/** Parses IPv4 (four decimal numbers) or IPv6; an IPv4-mapped one (`::ffff:…`) becomes IPv4. Returns null for anything else. */
function parse(text: string): Address | null {
  const [bare] = text.split('%');
  // ipaddr.js alone would also accept `127.1` and `0x7f000001`.
  return isIP(bare) === 0 ? null : ipaddr.process(bare);
}

function isIpv6(address: Address | null): address is ipaddr.IPv6 {
  return address?.kind() === 'ipv6';
}

/** Returns true for an IPv4 or IPv6 address without brackets, port or range. */
export function isAddress(text: string): boolean {
  return isIP(text) !== 0;
}

/** Parses an address or a range (`10.0.0.0/8`) into an address and its significant bits. Returns null for anything else, also for `/0`. */
function parseRange(text: string): [Address, number] | null {
  const [first, bits, ...rest] = text.split('/');
  const address = first.includes('%') ? null : parse(first);
  if (!address || rest.length > 0) return null;
  const size = isIpv6(address) ? IPV6_BITS : IPV4_BITS;
  if (bits === undefined) return [address, size];
  // In an IPv4-mapped range (`::ffff:10.0.0.0/104`) the first 96 bits are not part of the IPv4 address.
  const count = isIP(first) === 6 ? Number(bits) - (IPV6_BITS - size) : Number(bits);
  return /^[1-9]\d{0,2}$/.test(bits) && count >= 1 && count <= size ? [address, count] : null;
}

/** Returns true for an address or a range (`10.0.0.0/8`), but not for the range of all addresses. */
export function isAddressOrRange(text: string): boolean {
  return parseRange(text) !== null;
}

/** Returns a function that checks whether an address is in these addresses and ranges, which isAddressOrRange must have accepted. */
export function addressTest(ranges: string[]): (ip: string) => boolean {
  const parsed = ranges.map(parseRange).filter((range) => range !== null);
  return (ip) => {
    const address = parse(ip);
    return parsed.some(([first, bits]) => address?.kind() === first.kind() && address.match(first, bits));
  };
}

/** Returns the first bits of an IPv6 address as up to four groups, without `::` and the prefix length. */
function prefixOf(address: ipaddr.IPv6, bits: 48 | 56 | 64): string {
  const groups = address.parts.slice(0, Math.ceil(bits / 16));
  if (bits === 56) groups[3] &= 0xff00;
  return groups.map((group) => group.toString(16)).join(':');
}

/** Returns the canonical form of an IPv4 or IPv6 address; null for anything else. A port, which some proxies add, is removed. */
export function canonicalIp(text: string): string | null {
  const bare = text.replace(/^\[(.*)\](:\d+)?$/, '$1').replace(/^([\d.]+):\d+$/, '$1');
  return parse(bare)?.toString() ?? null;
}

/** Returns the range that one client is identified by: an IPv4 address, or the /64 network that an IPv6 client has to itself. */
export function ipRange(ip: string): string {
  const address = parse(ip);
  return isIpv6(address) ? `${prefixOf(address, 64)}::/64` : ip;
}

/** Returns the IPv6 network of so many bits, as providers assign to one customer; null for IPv4, where a customer gets one address. */
export function ipv6Network(ip: string, bits: 48 | 56): string | null {
  const address = parse(ip);
  return isIpv6(address) ? `${prefixOf(address, bits)}::/${bits}` : null;
}

/** Returns the /24 of an IPv4 or the /48 of an IPv6 address: enough to recognise a place, not a person. */
export function maskedIp(ip: string): string {
  const address = parse(ip);
  if (isIpv6(address)) return `${prefixOf(address, 48)}::/48`;
  return (address?.toString() ?? ip).replace(/\d+$/, '0/24');
}

/** Returns true for a public address: not private, loopback, link-local or otherwise reserved. */
export function isPublicAddress(text: string): boolean {
  const address = parse(text);
  return address?.range() === 'unicast' && (!isIpv6(address) || address.match(PUBLIC_IPV6));
}

/** Returns true for an address that never leaves this machine. */
export function isLoopback(text: string): boolean {
  return parse(text)?.range() === 'loopback';
}

/** Returns true when a host (of a URL or Host header, without port) is this machine: `localhost` or a loopback address. */
export function isThisMachine(host: string): boolean {
  return host.toLowerCase() === 'localhost' || isLoopback(host.replace(/^\[(.*)\]$/, '$1'));
}
