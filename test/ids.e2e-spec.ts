import { createAgent } from './support/agents.js';
import { addNumber } from './support/numbers.js';
import { join, Person } from './support/people.js';
import { createProject } from './support/projects.js';
import { openSession, statusFor } from './support/sessions.js';
import { startApp, TestApp } from './support/start-app.js';

describe('An id in capitals', () => {
  let service: TestApp;
  let ada: Person;
  beforeAll(async () => {
    service = await startApp();
    ada = await join(service);
  });
  afterAll(() => service.close());

  it('names the same project, agent and number as in lower case, in bodies and in paths', async () => {
    const { id: projectId } = await createProject(service, ada);
    const { id: agentId } = await createAgent(service, ada, projectId);
    const { id: phoneNumberId } = await addNumber(service, ada, { projectId, agentId });
    const [PROJECT, AGENT, NUMBER] = [projectId, agentId, phoneNumberId].map((id) => id.toUpperCase());
    const api = service.api.as(ada);
    const agent = { projectId: PROJECT, agentId: AGENT };
    const calls: [string, string, object?][] = [
      ['GET', `/project/${PROJECT}`],
      ['PUT', `/project/${PROJECT}`, { description: 'more' }],
      ['POST', '/project/call-status/add-webhookurl', { projectId: PROJECT, webhookURL: null }],
      ['POST', '/user/set-active-project', { projectId: PROJECT }],
      ['GET', `/agent/${PROJECT}`],
      ['POST', '/agent', agent],
      ['PUT', '/agent', { ...agent, name: 'Jo' }],
      ['POST', '/agent/create-agent', { projectId: PROJECT, name: 'Jo', systemInstruction: 'Hello.' }],
      ['PATCH', '/project/active-agent', { projectId: PROJECT, active_agent: AGENT }],
      ['POST', '/project/active-agent', { projectId: PROJECT }],
      ['PATCH', `/project/active-agent/${AGENT}`],
      ['POST', '/phone-number', { agentId: AGENT }],
      ['POST', '/phone-number', { projectId: PROJECT }],
      ['POST', '/phone-number', { phoneNumberId: NUMBER }],
    ];
    for (const [method, path, body] of calls) {
      expect([method, path, (await api.send(method, path, body)).status]).toEqual([method, path, 200]);
    }
  });

  it('says behind which row a page of a list begins', async () => {
    const { id: projectId } = await createProject(service, ada);
    const { id: older } = await createAgent(service, ada, projectId);
    const { id: newer } = await createAgent(service, ada, projectId);
    const { body } = await service.api.as(ada).get(`/agent/${projectId}?after=${newer.toUpperCase()}`);
    expect(body.map(({ id }: { id: string }) => id)).toEqual([older]);
  });

  it('ends the session that it names', async () => {
    const other = await openSession(service, ada);
    const { body } = await service.api.as(other).get('/user/sessions/current');
    const ended = await service.api.as(ada).delete(`/user/sessions/${body.session_id.toUpperCase()}`);
    expect([ended.status, await statusFor(service, other)]).toEqual([200, 401]);
  });
});
