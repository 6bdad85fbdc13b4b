import type { Server } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { AppError } from '../common/app-error.js';
import { COMMON_ERRORS } from '../common/common.errors.js';
import { RouteSetting, settingsOf } from './route-setting.js';

/** Marks a GET handler that changes something: HEAD, which should change nothing (RFC 9110, section 9.2.1), does not run it. */
export const HasEffect = (): MethodDecorator => RouteSetting({ hasEffect: true });

interface Route {
  method: string;
  segments: string[];
}

const routesOf = new WeakMap<Server, Route[]>();

const segmentsOf = (path: string): string[] => path.replace(/^\/+|\/+$/g, '').split('/');

function matches(pattern: string[], path: string[]): boolean {
  const hasWildcard = pattern.at(-1) === '*';
  if (hasWildcard ? path.length < pattern.length : path.length !== pattern.length) return false;
  return pattern.every((part, i) => part === '*' || (part.startsWith(':') ? path[i] !== '' : part === path[i]));
}

/** The methods that the path of a request supports. */
export function methodsOf(request: FastifyRequest): string[] {
  const path = segmentsOf(request.url.split('?', 1)[0]);
  const routes = routesOf.get(request.server.server) ?? [];
  const found = routes.filter(({ segments }) => matches(segments, path)).map(({ method }) => method);
  return [...new Set(found)].sort();
}

/** Records the methods of each path, and keeps HEAD from handlers that change something. */
export function setUpMethods(
  fastify: FastifyInstance,
  refuse: (error: AppError, request: FastifyRequest, reply: FastifyReply) => void,
): void {
  const routes: Route[] = [];
  routesOf.set(fastify.server, routes);
  fastify.addHook('onRoute', (route) => {
    const methods: HTTPMethods[] = [route.method].flat();
    if (methods.includes('HEAD') && settingsOf(route).hasEffect) {
      const notFound = (request: FastifyRequest, reply: FastifyReply) =>
        refuse(new AppError(COMMON_ERRORS.ROUTE_NOT_FOUND), request, reply);
      route.onRequest = [notFound, route.onRequest ?? []].flat();
      return;
    }
    for (const method of methods) routes.push({ method, segments: segmentsOf(route.url) });
  });
}
