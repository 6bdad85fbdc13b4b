import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { answerError } from '../http/error.filter.js';
import { RouteSetting, settingsOf } from '../http/route-setting.js';
import { overloaded, PasswordHasher } from './password-hasher.js';

/** Marks a handler that hashes a password: under overload it is refused at the door, before anything is done or counted for it. */
export const HashesPassword = (): MethodDecorator => RouteSetting({ hashesPassword: true });

/**
 * No more requests get in than have a place at the hash or in its queue, so that none is refused later, when it has cost the
 * database its share. Their bodies must be there first: those who send slowly keep no place from others.
 */
export function setUpHashRoom(fastify: FastifyInstance, hasher: PasswordHasher): void {
  let taken = 0;
  const isFull = () => taken >= hasher.places || hasher.isFull;
  const refuseIfFull = (request: FastifyRequest, reply: FastifyReply, next: () => void): void => {
    if (isFull()) answerError(overloaded(), request, reply);
    else next();
  };
  const takePlace = (request: FastifyRequest, reply: FastifyReply, next: () => void): void => {
    if (isFull()) return answerError(overloaded(), request, reply);
    taken += 1;
    reply.raw.once('close', () => (taken -= 1));
    next();
  };
  fastify.addHook('onRoute', (route) => {
    if (!settingsOf(route).hashesPassword) return;
    route.onRequest = refuseIfFull;
    route.preHandler = takePlace;
  });
}
