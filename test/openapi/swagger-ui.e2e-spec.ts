import { join } from '../support/people.js';
import { startApp, TestApp } from '../support/start-app.js';
import { ApiDocument, exampleOf } from './api-document.js';

const PATHS = ['/docs', '/docs/', '/docs/swagger-ui-bundle.js', '/docs-json', '/docs-yaml'];

/** What a page loads, as absolute paths. */
function assetsOf(html: string, base: string): string[] {
  const links = [...html.matchAll(/(?:src|href)="(\.[^"]+)"/g)].map(([, link]) => link);
  return links.map((link) => new URL(link, `http://localhost${base}`).pathname);
}

describe('Swagger UI', () => {
  let service: TestApp;
  beforeAll(async () => (service = await startApp()));
  afterAll(() => service.close());

  it.each(['/docs', '/docs/'])('loads all of its files from the service itself, from %s', async (path) => {
    const { status, body, headers } = await service.api.get(path);
    expect({ status, type: headers.get('content-type') }).toEqual({
      status: 200,
      type: expect.stringContaining('text/html'),
    });
    const assets = assetsOf(body, path);
    expect(assets).toEqual(expect.arrayContaining(['/docs/swagger-ui.css', '/docs/swagger-ui-bundle.js']));
    const statuses = await Promise.all(assets.map(async (asset) => (await service.api.get(asset)).status));
    expect(statuses).toEqual(assets.map(() => 200));
    expect(body).not.toMatch(/(src|href)="(https?:)?\/\//);
  });

  it('needs no script that its content security policy forbids', async () => {
    const { body, headers } = await service.api.get('/docs');
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.get('content-security-policy')).not.toContain('script-src');
    expect([...body.matchAll(/<script[^>]*>([^<]*)<\/script>/g)].filter(([, code]) => code.trim() !== '')).toEqual([]);
  });

  it('shows the document that /docs-json and /docs-yaml have', async () => {
    const script = await service.api.get('/docs/swagger-ui-init.js');
    const yaml = await service.api.get('/docs-yaml');
    for (const { path, id } of (await ApiDocument.of(service)).operations) {
      expect(script.body).toContain(`"${path}"`);
      expect(yaml.body).toContain(`operationId: ${id}\n`);
    }
  });

  it('leaves other answers the strict policy', async () => {
    const { headers } = await service.api.get('/docs-json');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('is gone with API_DOCS=off, and the documents with it', async () => {
    const closed = await service.another({ API_DOCS: 'off' });
    for (const path of PATHS) {
      const { status, body } = await closed.api.get(path);
      expect({ path, status, code: body.code }).toEqual({ path, status: 404, code: 'ROUTE_NOT_FOUND' });
    }
  });

  it('offers example requests that work as they are', async () => {
    const document = await ApiDocument.of(service);
    const example = (id: string) =>
      structuredClone(document.operation(id).raw.requestBody.content['application/json'].example);
    const { email } = example('signUp');
    expect((await service.api.post('/auth/signup', example('signUp'))).status).toBe(200);
    const code = await service.mailbox.nextCode(email);
    expect((await service.api.post('/auth/verify-email', { ...example('verifyEmail'), code })).status).toBe(200);
    const { status, body } = await service.api.post('/auth/login', example('logIn'));
    expect(status).toBe(200);
    const { refreshToken } = body;
    expect((await service.api.post('/auth/refresh-token', { ...example('refreshToken'), refreshToken })).status).toBe(
      200,
    );
    const ada = service.api.as(body);
    expect((await ada.post('/auth/change-password', example('changePassword'))).status).toBe(200);
    await service.mailbox.next(email);
    expect((await service.api.post('/auth/forgot-password', example('forgotPassword'))).status).toBe(200);
    const token = await service.mailbox.nextResetToken(email);
    expect((await service.api.post('/auth/reset-password', { ...example('resetPassword'), token })).status).toBe(200);
  });

  it('offers example requests for what an account owns that work as they are, ids aside', async () => {
    const as = await join(service);
    const { operations } = await ApiDocument.of(service);
    const ids: Record<string, string> = {};
    const send = async (id: string) => {
      const operation = operations.find((one) => one.id === id);
      if (!operation) throw new Error(`There is no operation ${id}`);
      const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name]);
      const body = operation.request && exampleOf(operation);
      const known = Object.entries(ids).filter(([name]) => name in (body ?? {}));
      const sent = body && { ...body, ...Object.fromEntries(known) };
      const answer = await service.api.as(as).send(operation.method, path, sent);
      expect([id, answer.status, answer.body.code]).toEqual([id, 200, undefined]);
      return answer.body;
    };
    ids.projectId = (await send('createProject')).data.id;
    for (const id of ['listProjects', 'getProject', 'updateProject', 'addWebhook', 'setActiveProject']) await send(id);
    ids.voice_id = (await send('listVoices')).voices[0].voice_id;
    await send('getVoice');
    ids.active_agent = ids.agentId = (await send('createAgent')).id;
    for (const id of ['getAgent', 'updateAgent', 'listAgents', 'setActiveAgent', 'getActiveAgent']) await send(id);
    ids.phoneNumberId = (await send('addNumber')).data.id;
    ids.sid = (await send('makeCall')).call.sid;
    for (const id of ['getCall', 'getCallHistory', 'endCall']) await send(id);
    for (const id of ['findNumber', 'removeNumber', 'removeActiveAgent', 'deleteAgent', 'deleteProject'])
      await send(id);
  });
});
