import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../common/app-error.js';
import { COMMON_ERRORS } from '../common/common.errors.js';
import { answerError } from './error.filter.js';

const MEDIA_TYPE = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(;|$)/;

/** Without a body the content type is ignored, for clients send any. */
function ignoreTypeOfNoBody(request: FastifyRequest, _reply: FastifyReply, next: () => void): void {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (encoding === undefined && Number(length ?? 0) === 0) delete request.headers['content-type'];
  // Fastify refuses a malformed media type before it knows whether there is a body.
  else if (!MEDIA_TYPE.test(request.headers['content-type'] ?? '')) delete request.headers['content-type'];
  next();
}

/** Compressed bodies are refused: a few bytes may unpack to gigabytes. */
function refuseCompressed(request: FastifyRequest, reply: FastifyReply, next: () => void): void {
  const { 'content-encoding': encoding = 'identity', 'content-type': type } = request.headers;
  if (type === undefined || request.is404 || encoding.trim().toLowerCase() === 'identity') return next();
  answerError(new AppError(COMMON_ERRORS.NOT_JSON), request, reply);
}

/** Refuses bodies that are not JSON before they are read; setUpJsonBody reads the others. */
export function setUpBodies(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', ignoreTypeOfNoBody);
  fastify.addHook('onRequest', refuseCompressed);
  // Only its end shows whether a chunked body is empty.
  fastify.addContentTypeParser('*', (_request, payload, done) => {
    const isNoJson = () => {
      payload.removeListener('end', isEmpty).removeListener('error', done);
      done(new AppError(COMMON_ERRORS.NOT_JSON));
    };
    const isEmpty = () => done(null, undefined);
    payload.once('data', isNoJson).once('end', isEmpty).once('error', done);
  });
}
