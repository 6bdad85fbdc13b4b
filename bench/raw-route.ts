import fastify from 'fastify';

/** The raw limit of a GET: Fastify with one route that answers an object of about the size of ours. */
const answer = {
  message: 'This is you.',
  status: 'success',
  user: {
    id: '01a20056-5bf5-715c-864b-77760e9fad83',
    email: 'ada@example.com',
    name: 'Ada',
    active_project: null,
    created_at: '2026-01-01T00:00:00.000Z',
    updated_at: '2026-01-01T00:00:00.000Z',
    company_name: null,
    verified: true,
  },
};
const server = fastify();
server.get('/raw', () => answer);
process.stdout.write(`${await server.listen({ port: 0, host: '127.0.0.1' })}\n`);
process.on('SIGTERM', () => process.exit(0));
