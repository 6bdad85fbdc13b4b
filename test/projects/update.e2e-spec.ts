import { MINUTE_MS } from '../../src/common/clock.js';
import { atOnce } from '../support/credentials.js';
import { join, Person } from '../support/people.js';
import { createProject, newProjectName } from '../support/projects.js';
import { startApp, TestApp } from '../support/start-app.js';

let service: TestApp;
let ada: Person;
beforeAll(async () => {
  service = await startApp();
  ada = await join(service);
});
afterAll(() => service.close());

const update = (id: string, body: unknown, as: { token: string } = ada) =>
  service.api.as(as).put(`/project/${id}`, body);
const read = async (id: string) => (await service.api.as(ada).get(`/project/${id}`)).body.data;

describe('A change of a project', () => {
  it('changes what is sent, and leaves the rest', async () => {
    const project = await createProject(service, ada);
    service.clock.advance(MINUTE_MS);
    const name = newProjectName();
    const renamed = await update(project.id, { name });
    expect(renamed).toMatchObject({
      status: 200,
      body: { status: 'success', data: { ...project, name, updated_at: expect.any(String) } },
    });
    expect(Date.parse(renamed.body.data.updated_at)).toBeGreaterThan(Date.parse(project.updated_at));
    const described = await update(project.id, { description: '' });
    expect(described.body.data).toMatchObject({ name, description: '', created_at: project.created_at });
    const both = await update(project.id, {
      name: project.name,
      description: ' as it is ',
      call_status_webhook: 'x',
      id: 'x',
    });
    expect(both.body.data).toMatchObject({ id: project.id, name: project.name, description: ' as it is ' });
    expect(await read(project.id)).toEqual(both.body.data);
  });

  it('needs something to change', async () => {
    const project = await createProject(service, ada);
    for (const body of [
      undefined,
      {},
      { name: null },
      { name: ' ' },
      { webhookUrl: '' },
      { description: null },
      { title: 'x' },
    ]) {
      const { status, body: answer } = await update(project.id, body);
      expect({ body, status, code: answer.code }).toEqual({ body, status: 400, code: 'VALIDATION_FAILED' });
      expect(answer.errors).toMatchObject([{ field: 'name' }]);
    }
    expect(await read(project.id)).toEqual(project);
  });

  it('may write the name in another case, but not take that of another project', async () => {
    const [project, other] = [await createProject(service, ada), await createProject(service, ada)];
    expect((await update(project.id, { name: project.name.toUpperCase() })).body.data.name).toBe(
      project.name.toUpperCase(),
    );
    const taken = await update(project.id, { name: other.name.toLowerCase(), description: 'half' });
    expect(taken).toMatchObject({ status: 400, body: { code: 'PROJECT_NAME_TAKEN' } });
    expect((await read(project.id)).description).toBe(project.description);
    await update(other.id, { name: newProjectName() });
    expect((await update(project.id, { name: other.name })).status).toBe(200);
  });

  it('gives a name to one of ten projects that want it at once', async () => {
    const projects = await atOnce(10, () => createProject(service, ada));
    const name = newProjectName();
    const answers = await atOnce(10, (i) => update(projects[i].id, { name }));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'PROJECT_NAME_TAKEN')).toHaveLength(9);
  });

  it('loses none of two fields that are changed at once', async () => {
    const project = await createProject(service, ada);
    const name = newProjectName();
    await Promise.all([update(project.id, { name }), update(project.id, { description: 'new' })]);
    expect(await read(project.id)).toMatchObject({ name, description: 'new' });
  });

  it('is refused alike for a project of somebody else, a deleted one, and what is no id', async () => {
    const bob = await join(service);
    const [hers, gone] = [await createProject(service, ada), await createProject(service, bob)];
    await service.api.as(bob).delete(`/project/${gone.id}`);
    const answers = [];
    for (const id of [hers.id, gone.id, '019b7a3e-7d5e-7c8a-9d3f-2b1c4d5e6f70', 'none', "' OR 1=1", '%00']) {
      const answer = await update(encodeURIComponent(id), { name: 'Stolen' }, bob);
      answers.push({ ...answer.body, requestId: '', status: answer.status });
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 404, code: 'PROJECT_NOT_FOUND' });
    expect(await read(hers.id)).toEqual(hers);
  });

  it('and a look at it are refused alike too', async () => {
    const bob = await join(service);
    const { id } = await createProject(service, ada);
    const answers = [];
    for (const wrong of [id, '019b7a3e-7d5e-7c8a-9d3f-2b1c4d5e6f70', 'none']) {
      const answer = await service.api.as(bob).get(`/project/${wrong}`);
      answers.push({ ...answer.body, requestId: '', status: answer.status });
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 400, code: 'PROJECT_UNKNOWN' });
  });
});
