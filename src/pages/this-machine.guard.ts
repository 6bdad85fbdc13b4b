import type { IncomingMessage } from 'node:http';
import { CanActivate, ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../common/app-error.js';
import { isLoopback, isThisMachine } from '../config/addresses.js';
import { PAGES_ERRORS } from './pages.errors.js';
import { PagesSettings } from './pages.settings.js';

/** What proxies add: a request that came through one may come from anywhere. */
const FORWARDING_HEADERS = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'via',
];

/** The request was sent on this machine, to a name of this machine: a page of another site that points its name here is refused. */
export function isFromThisMachine({ socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>): boolean {
  if (!isLoopback(socket.remoteAddress ?? '')) return false;
  if (FORWARDING_HEADERS.some((name) => headers[name] !== undefined)) return false;
  return isThisMachine((headers.host ?? '').replace(/:\d+$/, ''));
}

/** Lets only this machine in: whoever reads the development mailbox can take over every account. DEV_PAGES=open lets in others too. */
@Injectable()
export class ThisMachineGuard implements CanActivate {
  constructor(private readonly settings: PagesSettings) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (this.settings.DEV_PAGES === 'open' || isFromThisMachine(request)) return true;
    throw new AppError(PAGES_ERRORS.DEV_PAGES_CLOSED);
  }
}
