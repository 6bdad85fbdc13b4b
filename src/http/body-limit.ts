import type { FastifyInstance } from 'fastify';
import { RouteSetting, settingsOf } from './route-setting.js';

/** Default maximum size of a body. */
export const BODY_LIMIT_BYTES = 100 * 1024;

/** Sets the maximum size of a handler's bodies. */
export const BodyLimit = (bytes: number): MethodDecorator => RouteSetting({ bodyLimit: bytes });

/** Reads the limit from the route's `config`, the only part of a handler's settings that Nest passes to Fastify. */
export function setUpBodyLimits(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    const { bodyLimit } = settingsOf(route);
    if (bodyLimit !== undefined) route.bodyLimit = bodyLimit;
  });
}
