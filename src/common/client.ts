import { isIPv4 } from 'node:net';
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
    ip: request.ip,
    userAgent: (request.headers['user-agent'] ?? '').slice(0, USER_AGENT_MAX_LENGTH),
    requestId: request.id,
  };
});

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
