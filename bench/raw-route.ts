import fastify from 'fastify';
import { RAW_ANSWER } from './raw-answer.js';

/** The raw limit of a GET: Fastify with one route and nothing else. */
const server = fastify();
server.get('/raw', () => RAW_ANSWER);
process.stdout.write(`${await server.listen({ port: 0, host: '127.0.0.1' })}\n`);
process.on('SIGTERM', () => process.exit(0));
