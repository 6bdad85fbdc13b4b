import { v7 as uuid } from 'uuid';
import { Database } from '../../src/database/database.js';
import { Project } from '../../src/projects/project.entity.js';
import { join, Person } from '../support/people.js';
import { createProject } from '../support/projects.js';
import { planOf, statementsOf } from '../support/query-log.js';
import { NO_POLLS, startApp, TestApp } from '../support/start-app.js';

let service: TestApp;
let ada: Person;
beforeAll(async () => {
  service = await startApp(NO_POLLS);
  ada = await join(service);
});
afterAll(() => service.close());

const list = (query = '', as: { token: string } = ada) => service.api.as(as).get(`/project${query}`);
const namesIn = (answer: { body: any }): string[] => answer.body.data.map(({ name }: { name: string }) => name);

describe('The list of projects', () => {
  it('is empty at first, and not an error', async () => {
    expect(await list()).toMatchObject({
      status: 200,
      body: { status: 'success', data: [], total: 0, page: 1, pageSize: 20 },
    });
  });

  it('has whole projects, newest first, twenty a page', async () => {
    const made = [];
    for (let i = 0; i < 23; i += 1) made.push(await createProject(service, ada));
    const newestFirst = made.reverse();
    const first = await list();
    expect(first.body).toMatchObject({ data: newestFirst.slice(0, 20), total: 23, page: 1, pageSize: 20 });
    expect((await list('?page=2')).body).toMatchObject({ data: newestFirst.slice(20), total: 23, page: 2 });
    expect((await list('?page=3')).body).toMatchObject({ data: [], total: 23, page: 3 });
    expect((await list('?page=3&pageSize=7')).body).toMatchObject({
      data: newestFirst.slice(14, 21),
      total: 23,
      pageSize: 7,
    });
    expect((await service.api.as(ada).get('/project/list')).body).toEqual(first.body);
  });

  it('takes pages of up to a hundred, and says what is wrong with any other', async () => {
    expect((await list('?pageSize=100')).body.data).toHaveLength(23);
    expect((await list('?page=&pageSize=')).body).toMatchObject({ page: 1, pageSize: 20 });
    for (const wrong of [
      '0',
      '101',
      '-1',
      '1.5',
      '1e1',
      '0x10',
      'all',
      '99999999999999999999',
      '%00',
      '1&pageSize=2',
    ]) {
      const answer = await list(`?pageSize=${wrong}`);
      expect({ wrong, status: answer.status, code: answer.body.code }).toEqual({
        wrong,
        status: 400,
        code: 'VALIDATION_FAILED',
      });
      expect(answer.body.errors).toMatchObject([{ field: 'pageSize' }]);
    }
    expect((await list('?page=1000001')).body.errors).toMatchObject([{ field: 'page' }]);
  });

  it('has neither deleted projects nor those of others', async () => {
    const [bob, eve] = [await join(service), await join(service)];
    const kept = await createProject(service, bob);
    const deleted = await createProject(service, bob);
    await createProject(service, eve);
    await service.api.as(bob).delete(`/project/${deleted.id}`);
    const answer = await list('', bob);
    expect({ names: namesIn(answer), total: answer.body.total }).toEqual({ names: [kept.name], total: 1 });
  });

  it('is read along the index, however many projects its owner or others have', async () => {
    const { user_id: userId } = await createProject(service, ada);
    const [{ user_id: otherId }] = [await createProject(service, await join(service))];
    await service.app.get(Database).write(async ({ manager }) => {
      for (const [owner, count] of [[userId, 300] as const, [otherId, 900] as const]) {
        const rows = Array.from({ length: count }, () => projectRow(owner));
        for (let i = 0; i < count; i += 100) await manager.insert(Project, rows.slice(i, i + 100));
      }
    });
    const statements = await statementsOf(service, () => list('?pageSize=20'));
    // Quoted, as TypeORM writes them: the worker of the webhooks, which asks every second, names projects too.
    const reads = statements.filter((statement) => /["`]projects["`]/.test(statement));
    const wholeRows = reads.filter((read) => read.includes('description'));
    const ofIndex = reads.filter((read) => !wholeRows.includes(read));
    expect([ofIndex.length, wholeRows.length]).toEqual([2, 1]);
    // Rows are read by their ids alone: a limit lets MariaDB walk through those of others, the owner through all that the owner has.
    expect(wholeRows[0]).toMatch(/WHERE(?!.*(user_id|LIMIT)).* IN ?\(/);
    for (const read of ofIndex) expect(await planOf(service, read, userId)).toMatch(/projects_newest/);
    const [page] = ofIndex.filter((read) => read.includes('LIMIT'));
    expect(await planOf(service, page, userId)).not.toMatch(/TEMP B-TREE|filesort/i);
  });
});

function projectRow(userId: string) {
  const at = service.clock.now();
  return { id: uuid(), userId, name: 'A', nameKey: null, description: '', createdAt: at, updatedAt: at };
}
