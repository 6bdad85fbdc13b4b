import { DAY_MS, HOUR_MS } from '../src/common/clock.js';
import { VOICE_ID_EXAMPLE } from '../src/voices/voices.dto.js';
import { ApiAnswer, ApiClient } from './support/api-client.js';
import { insertAgent } from './support/agents.js';
import { join, newAddress, PASSWORD, Person } from './support/people.js';
import { startApp, TestApp } from './support/start-app.js';

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const ID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const TEXT = expect.stringMatching(/./);
const NEW_PASSWORD = 'a new and much better password';

/** Clients send the content type with everything, GETs included, and nothing else that we could lean on. */
describe('A client written from the public documentation', () => {
  let service: TestApp;
  let ada: Person;
  beforeAll(async () => {
    service = await startApp();
    ada = await join(service);
  });
  afterAll(() => service.close());

  const post = (path: string, body: object) => service.api.post(path, body);
  const expectError = ({ status, body }: ApiAnswer, wanted: number, number: object = {}) =>
    expect({ status, body }).toMatchObject({ status: wanted, body: { status: 'error', message: TEXT, ...number } });

  it('signs up (2.1)', async () => {
    const email = newAddress();
    const { status, body } = await post('/auth/signup', { email, password: PASSWORD, name: 'Ada' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      message: TEXT,
      status: 'success',
      user: { email, name: 'Ada', active_project: null, created_at: TIME, updated_at: TIME, company_name: null },
      signupStatus: 3,
      token: TEXT,
      refreshToken: TEXT,
      expirationTime: TIME,
    });
  });

  it.each([
    ['no email', { password: PASSWORD, name: 'Ada' }, 0],
    ['no password', { email: 'ada@example.com', name: 'Ada' }, 0],
    ['no name', { email: 'ada@example.com', password: PASSWORD }, 0],
    ['a malformed email', { email: 'ada', password: PASSWORD, name: 'Ada' }, 5],
  ])('is refused a signup with %s (2.1)', async (_, body, signupStatus) => {
    expectError(await post('/auth/signup', body), 400, { signupStatus });
  });

  it('is refused a signup with an email that has an account (2.1)', async () => {
    const answer = await post('/auth/signup', { email: ada.email, password: PASSWORD, name: 'Ada' });
    expectError(answer, 400, { signupStatus: 1 });
  });

  it('verifies the email with the code, a string of six characters (2.2)', async () => {
    const email = newAddress();
    const signup = await post('/auth/signup', { email, password: PASSWORD, name: 'Ada' });
    const code = await service.mailbox.nextCode(email);
    expect(code).toHaveLength(6);
    const { status, body } = await post('/auth/verify-email', { email, code });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      message: TEXT,
      status: 'success',
      userData: { email, name: 'Ada', active_project: null, created_at: signup.body.user.created_at, updated_at: TIME },
      verificationStatus: 2,
    });
    expectError(await post('/auth/verify-email', { email, code }), 400, { verificationStatus: 4 });
  });

  it.each([
    ['no email', { code: '123456' }, 400, 0],
    ['no code', { email: 'ada@example.com' }, 400, 0],
    ['an invalid email', { email: 'ada', code: '123456' }, 400, 0],
    ['an email that never signed up', { email: 'nobody@example.com', code: '123456' }, 404, 5],
  ])('is refused a verification with %s (2.2)', async (_, body, status, verificationStatus) => {
    expectError(await post('/auth/verify-email', body), status, { verificationStatus });
  });

  it('is told of a wrong code, and of one that is too old (2.2)', async () => {
    const email = newAddress();
    await post('/auth/signup', { email, password: PASSWORD, name: 'Ada' });
    const code = await service.mailbox.nextCode(email);
    expectError(await post('/auth/verify-email', { email, code: 'ABCDEF' }), 400, { verificationStatus: 1 });
    service.clock.advance(HOUR_MS);
    expectError(await post('/auth/verify-email', { email, code }), 400, { verificationStatus: 3 });
  });

  it('asks for another code (2.3)', async () => {
    const email = newAddress();
    await post('/auth/signup', { email, password: PASSWORD, name: 'Ada' });
    service.clock.advance(HOUR_MS);
    const { status, body } = await post('/auth/resend-code', { email });
    expect({ status, body }).toEqual({ status: 200, body: { message: TEXT, status: 'success' } });
    expectError(await post('/auth/resend-code', {}), 400);
    expectError(await post('/auth/resend-code', { email: 'ada' }), 400);
    expectError(await post('/auth/resend-code', { email: newAddress() }), 404);
  });

  it('logs in (2.4)', async () => {
    const { status, body } = await post('/auth/login', { email: ada.email, password: PASSWORD });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      message: TEXT,
      status: 'success',
      token: TEXT,
      refreshToken: TEXT,
      expirationTime: TIME,
      user: {
        email: ada.email,
        name: 'Ada',
        active_project: null,
        created_at: TIME,
        updated_at: TIME,
        company_name: null,
      },
      loginStatus: 7,
    });
    const inTwoHours = service.clock.in(2 * HOUR_MS).getTime();
    expect(Math.abs(Date.parse(body.expirationTime) - inTwoHours)).toBeLessThan(60_000);
  });

  it('is refused a login in the documented ways (2.4)', async () => {
    const { email } = ada;
    expectError(await post('/auth/login', { password: PASSWORD }), 400, { loginStatus: 0 });
    expectError(await post('/auth/login', { email }), 400, { loginStatus: 0 });
    expectError(await post('/auth/login', { email: 'ada', password: PASSWORD }), 400, { loginStatus: 9 });
    expectError(await post('/auth/login', { email, password: 'not hers' }), 401, { loginStatus: 4 });
    expectError(await post('/auth/login', { email: newAddress(), password: PASSWORD }), 404, { loginStatus: 3 });
    const pending = newAddress();
    await post('/auth/signup', { email: pending, password: PASSWORD, name: 'Ada' });
    expectError(await post('/auth/login', { email: pending, password: PASSWORD }), 401, { loginStatus: 2 });
  });

  it('refreshes its token, reading the answer by either name of the key (2.5)', async () => {
    const { refreshToken } = (await post('/auth/login', { email: ada.email, password: PASSWORD })).body;
    const { status, body } = await post('/auth/refresh-token', { refreshToken });
    expect(status).toBe(200);
    expect(body).toEqual({ token: TEXT, refreshToken: TEXT, resfreshToken: body.refreshToken, expirationTime: TIME });
    expect((await post('/auth/refresh-token', { refreshToken: body.resfreshToken })).status).toBe(200);
    expect((await service.api.as({ token: body.token }).get('/user/me')).status).toBe(200);
  });

  it('is refused a refresh in the documented ways (2.5)', async () => {
    const leaving = await join(service);
    expectError(await post('/auth/refresh-token', {}), 400);
    expectError(await post('/auth/refresh-token', { refreshToken: 'invalid' }), 401);
    const { refreshToken } = (await post('/auth/login', { email: ada.email, password: PASSWORD })).body;
    service.clock.advance(31 * DAY_MS);
    expectError(await post('/auth/refresh-token', { refreshToken }), 401);
    const { body } = await post('/auth/login', { email: leaving.email, password: PASSWORD });
    expect((await service.api.as(body).delete('/user', { password: PASSWORD })).status).toBe(200);
    expectError(await post('/auth/refresh-token', { refreshToken: body.refreshToken }), 404);
  });

  it.each(['token', 'apiKey'])('changes its password with its %s (2.6)', async (kind) => {
    const { token, email } = await join(service);
    const { apiKey } = (await service.api.as({ token }).get('/user/generate-apikey')).body;
    const client = service.api.as(kind === 'token' ? { token } : { apiKey });
    const change = (body: object) => client.post('/auth/change-password', body);
    expectError(await change({ newPassword: NEW_PASSWORD }), 400);
    expectError(await change({ oldPassword: PASSWORD }), 400);
    expectError(await change({ oldPassword: 'not hers', newPassword: NEW_PASSWORD }), 401);
    const { status, body } = await change({ oldPassword: PASSWORD, newPassword: NEW_PASSWORD });
    expect({ status, body }).toEqual({ status: 200, body: { message: TEXT, status: 'success' } });
    expect((await post('/auth/login', { email, password: NEW_PASSWORD })).status).toBe(200);
    expectError(await post('/auth/change-password', { oldPassword: PASSWORD, newPassword: NEW_PASSWORD }), 401);
  });

  it('resets a forgotten password, by token and new password or with the email too (2.7, 2.8)', async () => {
    for (const withEmail of [false, true]) {
      const email = newAddress();
      await join(service, email);
      const forgot = await post('/auth/forgot-password', { email });
      expect(forgot.body).toEqual({ message: TEXT, status: 'success' });
      expect((await post('/auth/forgot-password', { email: newAddress() })).body).toEqual(forgot.body);
      const token = await service.mailbox.nextResetToken(email);
      const request = { token, newPassword: NEW_PASSWORD, ...(withEmail && { email }) };
      const { status, body } = await post('/auth/reset-password', request);
      expect({ status, body }).toEqual({ status: 200, body: { message: TEXT, status: 'success' } });
      expectError(await post('/auth/reset-password', request), 400);
      expect((await post('/auth/login', { email, password: NEW_PASSWORD })).status).toBe(200);
    }
  });

  it('is refused a reset in the documented ways (2.7, 2.8)', async () => {
    const email = newAddress();
    await join(service, email);
    expectError(await post('/auth/forgot-password', {}), 400);
    expectError(await post('/auth/forgot-password', { email: 'ada' }), 400);
    expectError(await post('/auth/reset-password', { token: 'invalid', newPassword: NEW_PASSWORD }), 400);
    expectError(await post('/auth/reset-password', { newPassword: NEW_PASSWORD }), 400);
    await post('/auth/forgot-password', { email });
    const token = await service.mailbox.nextResetToken(email);
    service.clock.advance(2 * HOUR_MS);
    expectError(await post('/auth/reset-password', { token, newPassword: NEW_PASSWORD }), 400);
  });

  it('generates an API key, with its token only (3.1)', async () => {
    const { token } = (await post('/auth/login', { email: ada.email, password: PASSWORD })).body;
    const { status, body } = await service.api.as({ token }).get('/user/generate-apikey');
    expect({ status, body }).toEqual({
      status: 200,
      body: { message: TEXT, status: 'success', apiKey: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expectError(await service.api.get('/user/generate-apikey'), 401);
    expectError(await service.api.as({ apiKey: body.apiKey }).get('/user/generate-apikey'), 401);
  });

  describe.each(['token', 'apiKey'])('and that has its %s', (kind) => {
    let client: ApiClient;
    let id: string;
    let agentId: string;
    const common = { user_id: ID, status: 'ACTIVE', description: TEXT, call_status_webhook: null, id: ID };
    const project = { ...common, is_deleted: false, active_agent: null, created_at: TIME, updated_at: TIME };
    const done = { status: 200, body: { message: TEXT, status: 'success' } };
    const create = (body: object) => client.post('/project/create-project', body);

    beforeAll(async () => {
      const { token } = await join(service);
      const { apiKey } = (await service.api.as({ token }).get('/user/generate-apikey')).body;
      client = service.api.as(kind === 'token' ? { token } : { apiKey });
    });

    it('creates a project (4.1)', async () => {
      const { status, body } = await create({ name: 'Clinic', description: 'Our clinic' });
      expect({ status, body }).toEqual({ status: 200, body: { ...done.body, data: { ...project, name: 'Clinic' } } });
      id = body.data.id;
      expectError(await create({ name: 'Clinic', description: 'Our clinic' }), 400);
      expectError(await create({ name: 'Clinic' }), 400);
      expectError(await create({ description: 'Our clinic' }), 400);
      expectError(await service.api.post('/project/create-project', { name: 'X', description: 'X' }), 401);
    });

    it('gets the project (4.2), and the list of them (4.3)', async () => {
      const { status, body } = await client.get(`/project/${id}`);
      expect({ status, body }).toEqual({ status: 200, body: { ...done.body, data: { ...project, name: 'Clinic' } } });
      expect((await client.get('/project')).body).toMatchObject({ status: 'success', data: [body.data] });
      expectError(await client.get('/project/unknown'), 400);
      expectError(await service.api.get(`/project/${id}`), 401);
    });

    it('updates the project, its webhook too (4.4)', async () => {
      const webhookUrl = 'https://hooks.example.test/calls';
      const request = { name: 'Practice', description: 'Our practice', webhookUrl };
      const { status, body } = await client.put(`/project/${id}`, request);
      const data = { ...project, name: 'Practice', description: 'Our practice', call_status_webhook: webhookUrl };
      expect({ status, body }).toEqual({ status: 200, body: { ...done.body, data } });
      expectError(await client.put(`/project/${id}`, {}), 400);
      expectError(await client.put('/project/unknown', request), 404);
      expectError(await service.api.put(`/project/${id}`, request), 401);
    });

    it('sets where call updates are sent (4.6)', async () => {
      const webhookURL = 'https://hooks.example.test/updates';
      const add = (body: object) => client.post('/project/call-status/add-webhookurl', body);
      const { status, body } = await add({ projectId: id, webhookURL });
      expect({ status, body }).toEqual(done);
      expect((await client.get(`/project/${id}`)).body.data.call_status_webhook).toBe(webhookURL);
      expectError(await add({ webhookURL }), 400);
      expectError(await add({ projectId: id }), 400);
      expectError(await service.api.post('/project/call-status/add-webhookurl', { projectId: id, webhookURL }), 401);
    });

    it('sets and gets its active project (3.2, 3.3)', async () => {
      const get = '/user/get-active-project';
      expectError(await client.get(get), 404);
      const { status, body } = await client.post('/user/set-active-project', { projectId: id });
      expect({ status, body }).toMatchObject({
        status: 200,
        body: {
          message: expect.stringContaining(id),
          status: 'success',
          userData: { id: ID, name: 'Ada', email: TEXT, verified: true, created_at: TIME, updated_at: TIME },
          projectData: { ...common, name: 'Practice', call_status_webhook: TEXT, id },
        },
      });
      expect(body.userData.active_project).toBe(id);
      expect((await client.get(get)).body).toEqual({ ...done.body, projectData: body.projectData });
      expectError(await client.post('/user/set-active-project', {}), 400);
      expectError(await client.post('/user/set-active-project', { projectId: 'unknown' }), 400);
      expectError(await service.api.post('/user/set-active-project', { projectId: id }), 401);
      expectError(await service.api.get(get), 401);
    });

    it('creates an agent (5.1)', async () => {
      const request = { name: 'Jo', systemInstruction: 'Greet {{name}}.', projectId: id };
      const createAgent = (body: object) => client.post('/agent/create-agent', body);
      const { status, body } = await createAgent(request);
      const agent = { ...request, id: ID };
      expect({ status, body }).toMatchObject({ status: 200, body: { ...done.body, ...agent, data: agent } });
      agentId = body.id;
      for (const field of ['name', 'systemInstruction', 'projectId']) {
        expectError(await createAgent({ ...request, [field]: undefined }), 400);
      }
      expectError(await service.api.post('/agent/create-agent', request), 401);
      const phoneNumber = kind === 'token' ? '+12025550123' : '+12025550124';
      const second = await createAgent({ ...request, name: 'Ann', phoneNumber, voice_id: VOICE_ID_EXAMPLE });
      expect(second).toMatchObject({ status: 200, body: { phoneNumber, data: { phoneNumber } } });
    });

    it('gets the agent, and the list of them (5.2, 5.5)', async () => {
      const agent = { name: 'Jo', projectId: id, id: agentId, systemInstruction: 'Greet {{name}}.' };
      const { status, body } = await client.post('/agent', { projectId: id, agentId });
      expect({ status, body }).toMatchObject({ status: 200, body: agent });
      const list = await client.get(`/agent/${id}`);
      expect(list).toMatchObject({ status: 200, body: [{ name: 'Ann' }, agent] });
      expectError(await client.post('/agent', { agentId }), 400);
      expectError(await client.post('/agent', { projectId: id }), 400);
      expectError(await client.post('/agent', { projectId: id, agentId: 'unknown' }), 404);
      const empty = (await create({ name: 'Empty', description: '' })).body.data;
      expectError(await client.get(`/agent/${empty.id}`), 404);
    });

    it('updates the agent, reading the answer in either shape (5.3)', async () => {
      const request = { projectId: id, agentId, name: 'Sam', systemInstruction: 'Greet.', voice_id: VOICE_ID_EXAMPLE };
      const { status, body } = await client.put('/agent', request);
      expect({ status, body }).toMatchObject({
        status: 200,
        body: { ...done.body, ...request, phoneNumber: null, data: request },
      });
      expectError(await client.put('/agent', { ...request, projectId: undefined }), 400);
      expectError(await client.put('/agent', { ...request, agentId: undefined }), 400);
      expectError(await client.put('/agent', { projectId: id, agentId }), 400);
      expectError(await client.put('/agent', { ...request, agentId: 'unknown' }), 404);
    });

    it('gets, sets and removes the active agent of the project (4.7, 4.8, 4.9)', async () => {
      const path = '/project/active-agent';
      expectError(await client.post(path, { projectId: id }), 404);
      const { status, body } = await client.patch(path, { projectId: id, active_agent: agentId });
      expect({ status, body }).toMatchObject({
        status: 200,
        body: {
          ...done.body,
          project: { name: 'Practice', description: TEXT, active_agent: agentId, created_at: TIME, user_id: ID },
        },
      });
      expect(body.project).toHaveProperty('call_status_webhook');
      expect((await client.post(path, { projectId: id })).body).toEqual({ ...done.body, active_agent: agentId });
      expectError(await client.post(path, {}), 400);
      expectError(await client.patch(path, { projectId: id }), 400);
      expectError(await client.patch(path, { active_agent: agentId }), 400);
      for (const request of [service.api.post(path, {}), service.api.patch(path), service.api.patch(`${path}/x`)]) {
        expectError(await request, 401);
      }
      const removed = await client.patch(`${path}/${agentId}`);
      expect({ status: removed.status, body: removed.body }).toEqual(done);
      expectError(await client.post(path, { projectId: id }), 404);
    });

    it('deletes an agent (5.4)', async () => {
      const { status, body } = await client.delete('/agent', { projectId: id, agentId });
      expect({ status, body }).toMatchObject(done);
      expect(body).toMatchObject({ name: 'Sam', projectId: id, systemInstruction: 'Greet.', id: agentId });
      expect(body).toHaveProperty('phoneNumber');
      expectError(await client.delete('/agent', { projectId: id }), 400);
      expectError(await client.delete('/agent', { agentId }), 400);
      expectError(await client.delete('/agent', { projectId: id, agentId }), 404);
    });

    it('assigns a number to an agent (8.2), and gets its data by each of its ids (8.1)', async () => {
      const { user_id } = (await client.get(`/project/${id}`)).body.data;
      const agentId = await insertAgent(service, { id, user_id });
      const e164 = kind === 'token' ? '+15550100002' : '+15550100003';
      const add = (body: object) => client.post('/phone-number/add-number', body);
      expect(await add({ e164, agentId, projectId: id })).toMatchObject(done);
      for (const body of [
        { e164, agentId },
        { e164, projectId: id },
        { agentId, projectId: id },
      ]) {
        expectError(await add(body), 400);
      }
      const found = (await client.post('/phone-number', { projectId: id })).body.data;
      const data = { e164, id: ID, status: 'ASSIGNED', projectId: id, agentId };
      for (const identifier of [{ phoneNumberId: found.id }, { agentId }, { projectId: id }]) {
        expect(await client.post('/phone-number', identifier)).toMatchObject({
          status: 200,
          body: { ...done.body, data },
        });
      }
      expectError(await client.post('/phone-number', {}), 400);
      expectError(await client.post('/phone-number', { phoneNumberId: 'unknown' }), 404);
      expectError(await service.api.post('/phone-number', { agentId }), 401);
      expectError(await service.api.post('/phone-number/add-number', { e164, agentId, projectId: id }), 401);
    });

    it('deletes the project (4.5)', async () => {
      expectError(await service.api.delete(`/project/${id}`, { cascade: true }), 401);
      const { status, body } = await client.delete(`/project/${id}`, { cascade: true });
      expect({ status, body }).toEqual(done);
      expectError(await client.delete(`/project/${id}`, { cascade: true }), 404);
    });
  });

  it('lists the voices and gets one, with its token or its API key (7.1, 7.2)', async () => {
    const { token } = (await post('/auth/login', { email: ada.email, password: PASSWORD })).body;
    const { apiKey } = (await service.api.as({ token }).get('/user/generate-apikey')).body;
    const voice = {
      name: TEXT,
      labels: { accent: TEXT, description: TEXT, age: TEXT, gender: TEXT, use_case: TEXT },
      voice_id: expect.stringMatching(/^[A-Za-z0-9]{20}$/),
      preview_url: TEXT,
    };
    for (const as of [{ token }, { apiKey }]) {
      const { status, body } = await service.api.as(as).get('/voices');
      expect({ status, body }).toMatchObject({ status: 200, body: { message: TEXT, status: 'success' } });
      expect(body.voices).toEqual(body.voices.map(() => voice));
      const one = await service.api.as(as).get(`/voices/${body.voices[0].voice_id}`);
      expect(one).toMatchObject({ status: 200, body: { message: TEXT, status: 'success', voice: body.voices[0] } });
    }
    expectError(await service.api.get('/voices'), 401);
    expectError(await service.api.get('/voices/388RBsNDjMwsbQLvGO8L'), 401);
    expectError(await service.api.as({ token }).get('/voices/unknown'), 404);
  });
});
