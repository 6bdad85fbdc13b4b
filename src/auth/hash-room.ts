import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { answerError } from '../http/error.filter.js';
import { RouteSetting, settingsOf } from '../http/route-setting.js';
import { overloaded, PasswordHasher } from './password-hasher.js';

/** Marks a handler that hashes a password: under overload it is refused at the door, before anything is done or counted for it. */
export const HashesPassword = (): MethodDecorator => RouteSetting({ hashesPassword: true });

/**
 * No more requests get in than have a place at the hash or in its queue, so that none is refused later, when it has cost the
 * database its share. Their bodies must be there first: those who send slowly keep no place from others. A request has its place for
 * as long as its handler runs, which always ends; no event of response, request or socket is sure to come.
 */
export function setUpHashRoom(fastify: FastifyInstance, hasher: PasswordHasher): void {
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
