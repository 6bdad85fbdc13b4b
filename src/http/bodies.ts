import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../common/app-error.js';
import { COMMON_ERRORS } from '../common/common.errors.js';
import { answerError } from './error.filter.js';

const MEDIA_TYPE = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(;|$)/;

/** Without a body its type means nothing, and clients send any. */
function ignoreTypeOfNoBody(request: FastifyRequest, _reply: FastifyReply, next: () => void): void {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (encoding === undefined && Number(length ?? 0) === 0) delete request.headers['content-type'];
  // What is no media type Fastify refuses before it knows whether there is a body.
  else if (!MEDIA_TYPE.test(request.headers['content-type'] ?? '')) delete request.headers['content-type'];
  next();
}

/** We unpack nothing: a few bytes may hold gigabytes. */
function refuseCompressed(request: FastifyRequest, reply: FastifyReply, next: () => void): void {
  const { 'content-encoding': encoding = 'identity', 'content-type': type } = request.headers;
  if (type === undefined || request.is404 || encoding.trim().toLowerCase() === 'identity') return next();
  answerError(new AppError(COMMON_ERRORS.NOT_JSON), request, reply);
}

/** Says what bodies are refused before they are read; what is JSON is read by setUpJsonBody. */
export function setUpBodies(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', ignoreTypeOfNoBody);
  fastify.addHook('onRequest', refuseCompressed);
  // Whether a body that comes in chunks is empty is known only when it ends.
  fastify.addContentTypeParser('*', (_request, payload, done) => {
    const isNoJson = () => {
      payload.removeListener('end', isEmpty).removeListener('error', done);
      done(new AppError(COMMON_ERRORS.NOT_JSON));
    };
    const isEmpty = () => done(null, undefined);
    payload.once('data', isNoJson).once('end', isEmpty).once('error', done);
  });
}
