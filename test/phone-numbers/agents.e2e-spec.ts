import { v7 as uuid } from 'uuid';
import { AgentNumbersService } from '../../src/agents/agent-numbers.service.js';
import { AgentsService } from '../../src/agents/agents.service.js';
import { Database } from '../../src/database/database.js';
import { PhoneNumbersService } from '../../src/phone-numbers/phone-numbers.service.js';
import { ProjectsService } from '../../src/projects/projects.service.js';
import { insertAgent } from '../support/agents.js';
import { atOnce } from '../support/credentials.js';
import { addNumber, newNumber } from '../support/numbers.js';
import { join, Person } from '../support/people.js';
import { createProject, ProjectData } from '../support/projects.js';
import { statementsOf } from '../support/query-log.js';
import { countRows } from '../support/rows.js';
import { NO_POLLS, startApp, TestApp } from '../support/start-app.js';

let service: TestApp;
let ada: Person;
let project: ProjectData;
let numbers: PhoneNumbersService;
let database: Database;
beforeAll(async () => {
  service = await startApp(NO_POLLS);
  ada = await join(service);
  project = await createProject(service, ada);
  numbers = service.app.get(PhoneNumbersService);
  database = service.app.get(Database);
});
afterAll(() => service.close());

/** Links a number as a unit of work that asks nobody whether the agent is there. */
const assign = async (agentId: string, { id: projectId, user_id: userId } = project, e164 = newNumber()) => {
  const number = await numbers.check(await numbers.parse(e164), projectId);
  return database.write(async (tx) => {
    await service.app.get(ProjectsService).lockOwned(tx, projectId, userId);
    return service.app.get(AgentNumbersService).link(tx, { userId, projectId, agentId, number });
  });
};
const deleteAgent = (agentId: string) =>
  service.app
    .get(AgentsService)
    .deleteAgent({ agentId, projectId: project.id }, { userId: project.user_id, sessionId: null });
const find = async (e164: string) => {
  const { body } = await service.api.as(ada).post('/phone-number', { projectId: project.id });
  return body.numbers.find((number: { e164: string }) => number.e164 === e164);
};

describe('What agents do with phone numbers', () => {
  it('is refused by the database for agents that are not there, or in another project', async () => {
    const elsewhere = await insertAgent(service, await createProject(service, ada));
    const bob = await join(service);
    const foreign = await insertAgent(service, await createProject(service, bob));
    for (const agentId of [elsewhere, foreign, uuid(), 'none', 'x'.repeat(5000)]) {
      await expect(assign(agentId)).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND', status: 404 });
    }
    expect(await countRows(service, 'phone_numbers', `project_id = '${project.id}'`)).toBe(0);
    const taken = await addNumber(service, ada, {
      projectId: project.id,
      agentId: await insertAgent(service, project),
    });
    await expect(assign(uuid(), project, taken.e164)).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' });
    expect(await find(taken.e164)).toEqual(taken);
  });

  it('names the field whose number is wrong', async () => {
    await expect(numbers.parse('none', 'phoneNumber')).rejects.toMatchObject({
      code: 'NUMBER_INVALID',
      faults: [{ field: 'phoneNumber', message: expect.stringMatching(/^phoneNumber must be /) }],
    });
    expect(await numbers.parse('+12025550123')).toEqual({ e164: '+12025550123', country: 'US' });
  });

  it('refuses a number of another project before and in the unit of work', async () => {
    const other = await createProject(service, ada);
    const agentId = await insertAgent(service, other);
    const number = await numbers.check(await numbers.parse(newNumber()), other.id);
    await assign(await insertAgent(service, project), project, number.e164);
    await expect(numbers.check(number, other.id)).rejects.toMatchObject({ code: 'NUMBER_TAKEN', status: 400 });
    const late = database.write((tx) =>
      numbers.assign(tx, { userId: other.user_id, projectId: other.id, agentId, number }),
    );
    await expect(late).rejects.toMatchObject({ code: 'NUMBER_TAKEN', status: 400 });
  });

  it('leaves the number of a deleted agent to the project', async () => {
    const agentId = await insertAgent(service, project);
    const number = await addNumber(service, ada, { projectId: project.id, agentId });
    await deleteAgent(agentId);
    expect(await find(number.e164)).toMatchObject({ id: number.id, agentId: null, status: 'AVAILABLE' });
  });

  it('loses no number when one is linked to an agent that is deleted at the same moment', async () => {
    for (let round = 0; round < 30; round += 1) {
      const agentId = await insertAgent(service, project);
      const linking = Array.from({ length: 4 }, () => assign(agentId));
      const [deleted, ...links] = await Promise.allSettled([deleteAgent(agentId), ...linking]);
      expect(deleted.status).toBe('fulfilled');
      for (const link of links) {
        if (link.status === 'rejected') expect(link.reason).toMatchObject({ code: 'AGENT_NOT_FOUND' });
        else expect(await find(link.value.e164)).toMatchObject({ agentId: null });
      }
    }
  });

  it('reads the numbers of all agents in one query', async () => {
    const agents = await atOnce(5, () => insertAgent(service, project));
    const linked = await atOnce(4, (i) => addNumber(service, ada, { projectId: project.id, agentId: agents[i] }));
    let found = new Map<string, string>();
    const statements = await statementsOf(
      service,
      async () => void (found = await numbers.numbersOf({ projectId: project.id })),
    );
    expect(statements.filter((statement) => statement.includes('phone_numbers'))).toHaveLength(1);
    expect([...found]).toEqual(expect.arrayContaining(linked.map(({ agentId, e164 }) => [agentId, e164])));
    expect([...found.keys()]).not.toContain(agents[4]);
    expect(await numbers.numbersOf({ agentId: agents[0] })).toEqual(new Map([[agents[0], linked[0].e164]]));
  });
});
