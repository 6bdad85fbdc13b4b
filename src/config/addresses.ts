import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** All of IPv6 that is given out to the public (RFC 4291, section 2.4). */
const PUBLIC_IPV6 = ipaddr.parseCIDR('2000::/3');

/** An address as four numbers or as IPv6; one that carries IPv4 inside (`::ffff:…`) is that one. Null for anything else. */
function parse(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  const [bare] = text.split('%');
  // ipaddr.js alone would also take `127.1` and `0x7f000001`.
  return isIP(bare) === 0 ? null : ipaddr.process(bare);
}

function isIpv6(address: ipaddr.IPv4 | ipaddr.IPv6 | null): address is ipaddr.IPv6 {
  return address?.kind() === 'ipv6';
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
