import type { FastifyInstance } from 'fastify';
import { RouteSetting, settingsOf } from './route-setting.js';

/** How large the body of a request may be, unless its handler says otherwise. */
export const BODY_LIMIT_BYTES = 100 * 1024;

/** Sets how large the bodies that a handler gets may be. */
export const BodyLimit = (bytes: number): MethodDecorator => RouteSetting({ bodyLimit: bytes });

/** Of what a handler says of its route, Nest hands Fastify only the part that is free for everybody's use: the limit is read there. */
export function setUpBodyLimits(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    const { bodyLimit } = settingsOf(route);
    if (bodyLimit !== undefined) route.bodyLimit = bodyLimit;
  });
}
