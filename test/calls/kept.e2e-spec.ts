import { v7 as uuid } from 'uuid';
import { idOf } from '../../src/calls/call-sid.js';
import { CallTurn } from '../../src/calls/call-turn.entity.js';
import { DAY_MS } from '../../src/common/clock.js';
import { Database } from '../../src/database/database.js';
import { HousekeepingService } from '../../src/housekeeping/housekeeping.service.js';
import { makeCall, openDesk, writeCalls } from '../support/calls.js';
import { join, Person } from '../support/people.js';
import { countRows } from '../support/rows.js';
import { startApp, TestApp } from '../support/start-app.js';

let service: TestApp;
let ada: Person;
beforeAll(async () => {
  service = await startApp();
  ada = await join(service);
});
afterAll(() => service.close());

const historyOf = async (projectId: string) =>
  (await service.api.as(ada).post('/call/get-call-history', { projectId })).body;

/** A call with one thing said in it; returns its sid. */
async function spokenCall(projectId: string, agentId: string): Promise<string> {
  const { sid } = await makeCall(service, ada, { projectId, agentId });
  const said = { role: 'person', text: 'Good morning.', startMs: 100, endMs: 900, interrupted: false } as const;
  const turn = { ...said, id: uuid(), callId: idOf(sid) ?? '', position: 0 };
  await service.app.get(Database).write(({ manager }) => manager.insert(CallTurn, turn));
  return sid;
}

describe('Calls', () => {
  it("are in their user's data export, with their transcripts", async () => {
    const { projectId, agentId } = await openDesk(service, ada);
    const sid = await spokenCall(projectId, agentId);
    const { calls } = (await service.api.as(ada).get('/user/export')).body.data;
    const transcript = [{ role: 'person', text: 'Good morning.', startMs: 100, endMs: 900 }];
    expect(calls).toMatchObject([{ sid, projectId, transcript, dynamicVariables: { name: 'Ada' } }]);
  });

  it('are deleted CALL_RETENTION_DAYS after their end, and no longer counted', async () => {
    const { projectId, agentId } = await openDesk(service, ada);
    const userId = (await service.api.as(ada).get('/user/me')).body.user.id;
    await makeCall(service, ada, { projectId, agentId });
    await writeCalls(service, { userId, projectId, agentId }, 600, () => ({
      endedAt: service.clock.in(-366 * DAY_MS),
    }));
    await service.app
      .get(Database)
      .write(({ manager }) => manager.query(`UPDATE call_totals SET total = 601 WHERE project_id = '${projectId}'`));
    await service.app.get(HousekeepingService).run();
    expect((await historyOf(projectId)).total).toBe(1);
    expect(await countRows(service, 'calls', `project_id = '${projectId}'`)).toBe(1);
  });

  it('are deleted with their project, without asking for a cascade, and with their account', async () => {
    const bob = await join(service);
    const { projectId, agentId, from } = await openDesk(service, bob);
    await makeCall(service, bob, { projectId, agentId });
    const api = service.api.as(bob);
    await api.delete('/agent', { projectId, agentId });
    await api.post('/phone-number/remove-number', { e164: from, release: true });
    expect((await api.delete(`/project/${projectId}`)).status).toBe(200);
    expect(await countRows(service, 'calls', `project_id = '${projectId}'`)).toBe(0);
    const other = await openDesk(service, bob);
    await makeCall(service, bob, other);
    await api.delete('/user', { password: bob.password });
    expect(await countRows(service, 'calls', `project_id = '${other.projectId}'`)).toBe(0);
  });
});
