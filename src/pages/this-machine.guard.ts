import type { IncomingMessage } from 'node:http';
import { CanActivate, ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../common/app-error.js';
import { isLoopback, isThisMachine } from '../config/addresses.js';
import { PAGES_ERRORS } from './pages.errors.js';
import { PagesSettings } from './pages.settings.js';

/** Headers that proxies add: a request through a proxy may come from anywhere. */
const FORWARDING_HEADERS = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'via',
];

/** Whether the request comes from this machine and names it as host: that refuses other sites whose names resolve to it. */
export function isFromThisMachine({ socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>): boolean {
  if (!isLoopback(socket.remoteAddress ?? '')) return false;
  if (FORWARDING_HEADERS.some((name) => headers[name] !== undefined)) return false;
  return isThisMachine((headers.host ?? '').replace(/:\d+$/, ''));
}

/** Admits only requests from this machine, unless DEV_PAGES=open: whoever reads the development mailbox can take over every account. */
@Injectable()
export class ThisMachineGuard implements CanActivate {
  constructor(private readonly settings: PagesSettings) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (this.settings.DEV_PAGES === 'open' || isFromThisMachine(request)) return true;
    throw new AppError(PAGES_ERRORS.DEV_PAGES_CLOSED);
  }
}
