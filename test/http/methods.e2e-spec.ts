import { createAgent } from '../support/agents.js';
import { drain } from '../support/outbox.js';
import { join, Person } from '../support/people.js';
import { createProject } from '../support/projects.js';
import { head, openRaw, readAll } from '../support/raw-connection.js';
import { startApp, TestApp } from '../support/start-app.js';
import { everyRow } from '../support/tables.js';

describe('A request', () => {
  let service: TestApp;
  let ada: Person;
  beforeAll(async () => {
    service = await startApp();
    ada = await join(service);
  });
  afterAll(() => service.close());

  /** What the service sends when it gets these bytes, which must ask for the end of the connection. */
  const exchange = async (bytes: string): Promise<string> => {
    const { client } = await openRaw(service);
    client.write(bytes);
    return readAll(client);
  };

  it('by HEAD changes no row: it gets 404 at every documented GET that changes rows', async () => {
    const { id } = await createProject(service, ada);
    await createAgent(service, ada, id);
    await service.api.as(ada).get('/user/generate-apikey');
    await drain(service);
    const before = await everyRow(service);
    const { body } = await service.api.get('/docs-json');
    const paths = Object.keys(body.paths).filter((path) => body.paths[path].get);
    const statuses: [string, number][] = [];
    for (const path of paths) {
      const filled = path.replaceAll('{projectId}', id).replaceAll(/\{.*?\}/g, 'unknown');
      statuses.push([path, (await service.api.as(ada).send('HEAD', filled)).status]);
    }
    expect(await everyRow(service)).toEqual(before);
    const refused = statuses.filter(([path, status]) => status === 404 && !/voice_id|active-project/.test(path));
    expect(refused.map(([path]) => path).sort()).toEqual(['/user/export', '/user/generate-apikey']);
    expect(statuses.filter(([, status]) => status === 200).length).toBeGreaterThan(8);
  });

  it.each([
    ['HEAD /user/generate-apikey', 'GET'],
    ['GET /auth/login', 'POST'],
    ['DELETE /auth/signup/?x=1', 'POST'],
    ['OPTIONS /user/sessions/5', 'DELETE'],
    ['PUT /user/me', 'GET, HEAD'],
    ['POST /docs-json', 'GET, HEAD'],
    ['GET /nothing', null],
  ])('%s gets 404, with the methods of its path in Allow: %s', async (request, allow) => {
    const [method, path] = request.split(' ');
    const { status, body, headers } = await service.api.as(ada).send(method, path);
    expect({ status, allow: headers.get('allow') }).toEqual({ status: 404, allow });
    const told = allow === null ? 'There is no such endpoint.' : `There is no such endpoint: this path takes ${allow}.`;
    if (method !== 'HEAD') expect(body).toMatchObject({ code: 'ROUTE_NOT_FOUND', message: told });
  });

  it.each(['gzip', 'br', 'GZIP, identity', 'deflate', 'nonsense'])(
    'whose body has Content-Encoding %s gets 415: no body is decompressed',
    async (coding) => {
      const coded = service.api.with({ 'content-encoding': coding });
      const answer = await coded.post('/auth/login', {});
      expect(answer).toMatchObject({ status: 415, body: { code: 'NOT_JSON', loginStatus: 8 } });
      expect((await service.api.with({ 'content-encoding': 'Identity' }).post('/auth/login', {})).status).toBe(400);
    },
  );

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'nonsense'])(
    'without a body is accepted with the content type %s, with a length or chunked',
    async (type) => {
      const as = { authorization: `Bearer ${ada.token}`, 'content-type': type, connection: 'close' };
      const announced = head('DELETE', '/user/apikey', { ...as, 'content-length': 0 });
      const inChunks = head('DELETE', '/user/apikey', { ...as, 'transfer-encoding': 'chunked' });
      expect(await exchange(announced)).toMatch(/^HTTP\/1.1 200 /);
      expect(await exchange(`${inChunks}0\r\n\r\n`)).toMatch(/^HTTP\/1.1 200 /);
      expect(await exchange(`${inChunks}1\r\na\r\n0\r\n\r\n`)).toMatch(/^HTTP\/1.1 415 /);
    },
  );

  it.each(['host: test\r\nHost: test', 'host: test\r\nhost: elsewhere'])(
    'with two Host headers (%j) gets 400, in the format of all errors',
    async (hosts) => {
      const text = await exchange(`GET /health/live HTTP/1.1\r\n${hosts}\r\nconnection: close\r\n\r\n`);
      expect(text).toMatch(/^HTTP\/1.1 400 /);
      expect(text).toContain('"code":"REQUEST_MALFORMED"');
    },
  );

  it.each(['/docs/../x', '/docs/../../package.json', '/docs//x', '/docs/%00', '/docs/%2e%2e/x', '/docs/..%2fx'])(
    'for the path %s gets 404, in the format of all errors',
    async (path) => {
      const text = await exchange(head('GET', path, { connection: 'close' }));
      expect(text).toMatch(/^HTTP\/1.1 404 /);
      expect(text).toContain('"code":"ROUTE_NOT_FOUND"');
    },
  );
});
