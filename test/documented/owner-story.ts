import { VOICE_ID_EXAMPLE } from '../../src/speech/synthesis/voice.js';
import { insertAgent } from '../support/agents.js';
import { ApiClient } from '../support/api-client.js';
import { join } from '../support/people.js';
import { ID, TIME } from '../support/shapes.js';
import { TestApp } from '../support/start-app.js';
import { DONE, expectError, TEXT } from './documented-answers.js';

/** The tests of what a client does that has a token or an API key: projects, their agents and their numbers, one after the other. */
export function tellOwnerStory(kind: string, running: () => TestApp): void {
  let service: TestApp;
  let client: ApiClient;
  let id: string;
  let agentId: string;
  const common = { user_id: ID, status: 'ACTIVE', description: TEXT, call_status_webhook: null, id: ID };
  const project = { ...common, is_deleted: false, active_agent: null, created_at: TIME, updated_at: TIME };
  const create = (body: object) => client.post('/project/create-project', body);

  beforeAll(async () => {
    service = running();
    const { token } = await join(service);
    const { apiKey } = (await service.api.as({ token }).get('/user/generate-apikey')).body;
    client = service.api.as(kind === 'token' ? { token } : { apiKey });
  });

  it('creates a project (4.1)', async () => {
    const { status, body } = await create({ name: 'Clinic', description: 'Our clinic' });
    expect({ status, body }).toEqual({ status: 200, body: { ...DONE.body, data: { ...project, name: 'Clinic' } } });
    id = body.data.id;
    expectError(await create({ name: 'Clinic', description: 'Our clinic' }), 400);
    expectError(await create({ name: 'Clinic' }), 400);
    expectError(await create({ description: 'Our clinic' }), 400);
    expectError(await service.api.post('/project/create-project', { name: 'X', description: 'X' }), 401);
  });

  it('gets the project (4.2), and the list of them (4.3)', async () => {
    const { status, body } = await client.get(`/project/${id}`);
    expect({ status, body }).toEqual({ status: 200, body: { ...DONE.body, data: { ...project, name: 'Clinic' } } });
    expect((await client.get('/project')).body).toMatchObject({ status: 'success', data: [body.data] });
    expectError(await client.get('/project/unknown'), 400);
    expectError(await service.api.get(`/project/${id}`), 401);
  });

  it('updates the project, its webhook too (4.4)', async () => {
    const webhookUrl = 'https://hooks.example.test/calls';
    const request = { name: 'Practice', description: 'Our practice', webhookUrl };
    const { status, body } = await client.put(`/project/${id}`, request);
    const data = { ...project, name: 'Practice', description: 'Our practice', call_status_webhook: webhookUrl };
    expect({ status, body }).toEqual({ status: 200, body: { ...DONE.body, data } });
    expectError(await client.put(`/project/${id}`, {}), 400);
    expectError(await client.put('/project/unknown', request), 404);
    expectError(await service.api.put(`/project/${id}`, request), 401);
  });

  it('sets where call updates are sent (4.6)', async () => {
    const webhookURL = 'https://hooks.example.test/updates';
    const add = (body: object) => client.post('/project/call-status/add-webhookurl', body);
    const { status, body } = await add({ projectId: id, webhookURL });
    expect({ status, body }).toMatchObject(DONE);
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
    expect((await client.get(get)).body).toEqual({ ...DONE.body, projectData: body.projectData });
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
    expect({ status, body }).toMatchObject({ status: 200, body: { ...DONE.body, ...agent, data: agent } });
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
      body: { ...DONE.body, ...request, phoneNumber: null, data: request },
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
        ...DONE.body,
        project: { name: 'Practice', description: TEXT, active_agent: agentId, created_at: TIME, user_id: ID },
      },
    });
    expect(body.project).toHaveProperty('call_status_webhook');
    expect((await client.post(path, { projectId: id })).body).toEqual({ ...DONE.body, active_agent: agentId });
    expectError(await client.post(path, {}), 400);
    expectError(await client.patch(path, { projectId: id }), 400);
    expectError(await client.patch(path, { active_agent: agentId }), 400);
    for (const request of [service.api.post(path, {}), service.api.patch(path), service.api.patch(`${path}/x`)]) {
      expectError(await request, 401);
    }
    const removed = await client.patch(`${path}/${agentId}`);
    expect({ status: removed.status, body: removed.body }).toEqual(DONE);
    expectError(await client.post(path, { projectId: id }), 404);
  });

  it('deletes an agent (5.4)', async () => {
    const { status, body } = await client.delete('/agent', { projectId: id, agentId });
    expect({ status, body }).toMatchObject(DONE);
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
    expect(await add({ e164, agentId, projectId: id })).toMatchObject(DONE);
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
        body: { ...DONE.body, data },
      });
    }
    expectError(await client.post('/phone-number', {}), 400);
    expectError(await client.post('/phone-number', { phoneNumberId: 'unknown' }), 404);
    expectError(await service.api.post('/phone-number', { agentId }), 401);
    expectError(await service.api.post('/phone-number/add-number', { e164, agentId, projectId: id }), 401);
  });

  it('makes a call (6.1), and sees it by either name of its id (6.2)', async () => {
    const { user_id } = (await client.get(`/project/${id}`)).body.data;
    const agentId = await insertAgent(service, { id, user_id });
    const from = kind === 'token' ? '+15550100004' : '+15550100005';
    await client.post('/phone-number/add-number', { e164: from, agentId, projectId: id });
    const request = { number: '+15550100001', projectId: id, agentId, dynamicVariables: { partnerId: '7' } };
    const { status, body } = await client.post('/call/makeCall', request);
    const call = { call_id: expect.stringMatching(/^CA[0-9a-f]{32}$/), to: request.number, from };
    expect({ status, body }).toMatchObject({ status: 200, body: { ...DONE.body, call } });
    const { call_id: sid } = body.call;
    for (const which of [{ sid, projectId: id }, { callSid: sid }]) {
      expect(await client.post('/call', which)).toMatchObject({
        status: 200,
        body: {
          ...{ seconds: 0, cost: 0, status: TEXT, from, to: request.number, phoneNumber: request.number, callSid: sid },
          ...{ date: expect.stringMatching(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000$/), recordingUrls: [] },
          ...{ partnerId: '7', shiftId: null, assignmentId: null, data: {} },
        },
      });
    }
    for (const field of ['number', 'projectId', 'agentId']) {
      expectError(await client.post('/call/makeCall', { ...request, [field]: undefined }), 400);
    }
    expectError(await client.post('/call', {}), 400);
    expectError(await client.post('/call', { sid: 'CA00000000000000000000000000000000' }), 404);
    expectError(await service.api.post('/call/makeCall', request), 401);
    expectError(await service.api.post('/call', { sid }), 401);
  });

  it('lists its calls with filters in the query of a POST (6.3)', async () => {
    const list = (query: string, body: object = { projectId: id }) =>
      client.post(`/call/get-call-history?${query}`, body);
    const day = service.clock.now().toISOString().slice(0, 10);
    const { status, body } = await list('to=%2B15550100001', { projectId: id, pageSize: 20 });
    expect({ status, body }).toMatchObject({ ...DONE, body: { calls: [{ to: '+15550100001' }], total: 1 } });
    expect((await list('from=%2B15550100001')).body.calls).toEqual([]);
    expect((await list(`.endTimeAfter=${day}&.endTime=${day}`)).status).toBe(200);
    expectError(await list('startTime=2025-13-01'), 400);
    expectError(await list('', {}), 400);
    expectError(await service.api.post('/call/get-call-history', { projectId: id }), 401);
  });

  it('deletes the project (4.5)', async () => {
    expectError(await service.api.delete(`/project/${id}`, { cascade: true }), 401);
    const { status, body } = await client.delete(`/project/${id}`, { cascade: true });
    expect({ status, body }).toEqual(DONE);
    expectError(await client.delete(`/project/${id}`, { cascade: true }), 404);
  });
}
