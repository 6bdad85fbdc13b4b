import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { answerError } from '../http/error.filter.js';
import { RouteSetting, settingsOf } from '../http/route-setting.js';
import { overloaded, PasswordHasher } from './password-hasher.js';

/** Marks a handler that hashes a password. Under overload its requests are refused before any work or counting. */
export const HashesPassword = (): MethodDecorator => RouteSetting({ hashesPassword: true });

/**
 * Lets in only as many requests as can hash or queue, so that none is refused after it has cost database work. Runs when the body has
 * arrived: slow senders occupy no place. A request holds its place while its handler runs, which always ends; no event of response, request
 * or socket is certain.
 */
export function limitConcurrentHashing(fastify: FastifyInstance, hasher: PasswordHasher): void {
  const isFull = () => hasher.requestsInside >= hasher.places || hasher.isFull;
  const refuseIfFull = (request: FastifyRequest, reply: FastifyReply, next: () => void): void => {
    if (isFull()) answerError(overloaded(), request, reply);
    else next();
  };
  fastify.addHook('onRoute', (route) => {
    if (!settingsOf(route).hashesPassword) return;
    const { handler } = route;
    route.onRequest = [route.onRequest ?? [], refuseIfFull].flat();
    route.handler = async function (request, reply) {
      if (isFull()) {
        answerError(overloaded(), request, reply);
        return reply;
      }
      hasher.requestsInside += 1;
      try {
        return await handler.call(this, request, reply);
      } finally {
        hasher.requestsInside -= 1;
      }
    };
  });
}
