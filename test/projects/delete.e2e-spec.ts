import { v7 as uuid } from 'uuid';
import { Agent } from '../../src/agents/agent.entity.js';
import { Database } from '../../src/database/database.js';
import { KeptData } from '../../src/kept-data/kept-data.js';
import { ProjectsService } from '../../src/projects/projects.service.js';
import { atOnce } from '../support/credentials.js';
import { join, Person } from '../support/people.js';
import { createProject } from '../support/projects.js';
import { countRows } from '../support/rows.js';
import { startApp, TestApp } from '../support/start-app.js';

let service: TestApp;
let ada: Person;
beforeAll(async () => {
  service = await startApp();
  ada = await join(service);
});
afterAll(() => service.close());

const remove = (id: string, body?: unknown, as: { token: string } = ada) =>
  service.api.as(as).delete(`/project/${id}`, body);
const statusOf = async (id: string) => (await service.api.as(ada).get(`/project/${id}`)).status;

describe('A deleted project', () => {
  it.each([
    ['no body', undefined],
    ['an empty body', {}],
    ['cascade: false', { cascade: false }],
    ['cascade: true', { cascade: true }],
    ['cascade: null', { cascade: null }],
  ])('is gone, deleted with %s', async (_, body) => {
    const { id } = await createProject(service, ada);
    const answer = await remove(id, body);
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.body).toEqual({ message: expect.any(String), status: 'success' });
    expect(await statusOf(id)).toBe(400);
    expect(await remove(id, body)).toMatchObject({ status: 404, body: { code: 'PROJECT_NOT_FOUND' } });
  });

  it('is kept in the table, marked, and leaves its name to another one', async () => {
    for (let round = 0; round < 2; round += 1) {
      const { id } = await createProject(service, ada, 'Again');
      await remove(id);
      expect(await countRows(service, 'projects', `id = '${id}' AND deleted_at IS NOT NULL`)).toBe(1);
    }
    expect(await createProject(service, ada, 'AGAIN')).toMatchObject({ is_deleted: false });
  });

  it('is deleted once, however many ask for it at once', async () => {
    const { id } = await createProject(service, ada);
    const answers = await atOnce(10, () => remove(id));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(9);
  });

  it('was not somebody else’s: that is answered like one that is not there, and stays', async () => {
    const { id } = await createProject(service, ada);
    const bob = await join(service);
    const [foreign, none] = [await remove(id, { cascade: true }, bob), await remove('none', {}, bob)];
    expect({ ...foreign.body, requestId: '' }).toEqual({ ...none.body, requestId: '' });
    expect([foreign.status, none.status]).toEqual([404, 404]);
    expect(await statusOf(id)).toBe(200);
  });

  it.each(['true', 1, 'yes', [], {}])('was not deleted with cascade: %j', async (cascade) => {
    const { id } = await createProject(service, ada);
    expect(await remove(id, { cascade })).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION_FAILED', errors: [{ field: 'cascade', message: 'cascade must be true or false' }] },
    });
    expect(await statusOf(id)).toBe(200);
  });

  it('goes for good with its owner', async () => {
    const bob = await join(service);
    const { user_id: userId } = await createProject(service, bob);
    const { id } = await createProject(service, bob);
    await remove(id, undefined, bob);
    expect(await countRows(service, 'projects', `user_id = '${userId}'`)).toBe(2);
    await service.api.as(bob).delete('/user', { password: bob.password });
    expect(await countRows(service, 'projects', `user_id = '${userId}'`)).toBe(0);
  });
});

/** Things of two modules, of which the one is built upon the other; agents stand for the things. */
describe('A project with things in it', () => {
  let full: TestApp;
  let bob: Person;
  const removed: string[] = [];
  let isFailing = false;

  const put = (projectId: string, userId: string) =>
    full.app.get(Database).write(async (tx) => {
      const project = await full.app.get(ProjectsService).lockOwned(tx, projectId, userId);
      const at = full.clock.now();
      const agent = { id: uuid(), userId, projectId, name: 'Jo', systemInstruction: '', voiceId: null };
      if (project) await tx.manager.insert(Agent, { ...agent, createdAt: at, updatedAt: at });
      return project !== null;
    });
  const drop = (id: string, body?: object) => full.api.as(bob).delete(`/project/${id}`, body);
  const thingsIn = (id: string) => countRows(full, 'agents', `project_id = '${id}'`);

  beforeAll(async () => {
    full = await startApp();
    bob = await join(full);
    const kind = { entity: Agent, exported: '', outdated: '', withAccount: 'cascade' } as const;
    const keptData = full.app.get(KeptData);
    keptData.declare({
      ...kind,
      withProject: async ({ manager }, projectId) => {
        removed.push('things');
        await manager.delete(Agent, { projectId });
        if (isFailing) throw new Error('The disk is on fire.');
      },
    });
    keptData.declare({ ...kind, withProject: async () => removed.push('what is built on them') });
  });
  afterAll(() => full.close());

  it('is not deleted, unless they shall be deleted with it', async () => {
    const { id, user_id: userId } = await createProject(full, bob);
    await put(id, userId);
    for (const body of [undefined, {}, { cascade: false }]) {
      expect(await drop(id, body)).toMatchObject({ status: 400, body: { code: 'PROJECT_NOT_EMPTY' } });
    }
    expect(await thingsIn(id)).toBe(1);
    expect(await drop(id, { cascade: true })).toMatchObject({ status: 200 });
    expect(await thingsIn(id)).toBe(0);
    expect(removed).toEqual(['what is built on them', 'things']);
  });

  it('is deleted with all of them, or not at all', async () => {
    const { id, user_id: userId } = await createProject(full, bob);
    await put(id, userId);
    isFailing = true;
    expect((await drop(id, { cascade: true })).status).toBe(500);
    isFailing = false;
    expect(await thingsIn(id)).toBe(1);
    expect((await full.api.as(bob).get(`/project/${id}`)).status).toBe(200);
  });

  it('keeps none that was put into it while it was deleted', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { id, user_id: userId } = await createProject(full, bob);
      const [deletion, ...wasPut] = await Promise.all([
        drop(id, round % 2 ? { cascade: true } : {}),
        ...Array.from({ length: 5 }, () => put(id, userId)),
      ]);
      const isGone = deletion.status === 200;
      expect(await thingsIn(id)).toBe(isGone ? 0 : wasPut.filter(Boolean).length);
      expect(await put(id, userId)).toBe(!isGone);
    }
  });
});
