import { isIPv4, isIPv6, SocketAddress } from 'node:net';
import { createParamDecorator, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** Who sent a request, as far as the service keeps it. */
export interface Client {
  ip: string;
  userAgent: string;
  requestId: string;
}

const USER_AGENT_MAX_LENGTH = 255;

/** Hands the handler the request's client. */
export const FromClient = createParamDecorator((_: unknown, context: ExecutionContext): Client => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return {
    ip: clientIp(request),
    userAgent: userAgentOf(request),
    requestId: request.id,
  };
});

/** What the client calls itself, as much as is kept of it. */
export function userAgentOf(request: FastifyRequest): string {
  return (request.headers['user-agent'] ?? '').slice(0, USER_AGENT_MAX_LENGTH);
}

/** IPv4 or IPv6 in its one canonical form; null for anything else. Some proxies add a port. */
export function canonicalIp(text: string): string | null {
  const bare = text
    .replace(/^\[(.*)\](:\d+)?$/, '$1')
    .replace(/^([\d.]+):\d+$/, '$1')
    .replace(/%.*$/, '');
  if (isIPv4(bare)) return bare;
  return isIPv6(bare)
    ? new SocketAddress({ address: bare, family: 'ipv6' }).address.replace(/^::ffff:(?=.*\.)/, '')
    : null;
}

/** The client's IP, as far as TRUST_PROXY lets proxies tell it; where one passes on what is no IP, the proxy's own. */
export function clientIp(request: FastifyRequest): string {
  return canonicalIp(request.ip) ?? canonicalIp(request.socket.remoteAddress ?? '') ?? '::';
}

/** Where one client is to be looked for: an IPv4 address, or the /64 that an IPv6 client has to itself. */
export function ipRange(ip: string): string {
  return isIPv6(ip) ? `${expandIpv6(ip).slice(0, 4).join(':')}::/64` : ip;
}

/** The network of so many bits around an IPv6 address, which one customer may have; null for IPv4, where one has an address. */
export function ipv6Network(ip: string, bits: 48 | 56): string | null {
  if (!isIPv6(ip)) return null;
  const groups = expandIpv6(ip).slice(0, 4);
  const subnet = bits === 56 ? (parseInt(groups[3], 16) & 0xff00).toString(16) : '0';
  return `${groups.slice(0, 3).join(':')}:${subnet}::/${bits}`;
}

/** The address without its last bits: a /24 of IPv4, a /48 of IPv6; enough to recognise a place, not a person. */
export function maskedIp(ip: string): string {
  const v4 = ip.replace(/^::ffff:/i, '');
  if (isIPv4(v4)) return v4.replace(/\d+$/, '0/24');
  const [head] = ip.split('%');
  const groups = expandIpv6(head).slice(0, 3);
  return `${groups.join(':')}::/48`;
}

/** The eight groups of an IPv6 address. */
export function expandIpv6(ip: string): string[] {
  const [left, right = ''] = ip.split('::');
  const start = left === '' ? [] : left.split(':');
  const end = right === '' ? [] : right.split(':');
  const gap = ip.includes('::') ? Math.max(0, 8 - start.length - end.length) : 0;
  return [...start, ...Array<string>(gap).fill('0'), ...end];
}
