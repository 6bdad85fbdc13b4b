import { MINUTE_MS } from '../../src/common/clock.js';
import { makeApiKey } from '../support/credentials.js';
import { join, Person } from '../support/people.js';
import { createProject } from '../support/projects.js';
import { logIn } from '../support/sessions.js';
import { startApp, TestApp } from '../support/start-app.js';

let service: TestApp;
let ada: Person;
beforeAll(async () => {
  service = await startApp();
  ada = await join(service);
});
afterAll(() => service.close());

const activate = (projectId: unknown, as: { token?: string; apiKey?: string } = ada) =>
  service.api.as(as).post('/user/set-active-project', { projectId });
const active = (as: { token?: string; apiKey?: string } = ada) => service.api.as(as).get('/user/get-active-project');
const me = async (as: { token?: string } = ada) => (await service.api.as(as).get('/user/me')).body.user;

describe('The active project', () => {
  it('is none at first', async () => {
    expect(await active()).toMatchObject({ status: 404, body: { code: 'NO_ACTIVE_PROJECT' } });
    expect((await me()).active_project).toBeNull();
  });

  it('is set and told, with the user and the whole project', async () => {
    const [first, second] = [await createProject(service, ada), await createProject(service, ada)];
    await activate(first.id);
    const before = await me();
    service.clock.advance(MINUTE_MS);
    const { status, body } = await activate(second.id);
    expect(status).toBe(200);
    expect(body).toEqual({
      message: expect.stringContaining(second.id),
      status: 'success',
      userData: { ...before, active_project: second.id, updated_at: expect.any(String) },
      projectData: second,
    });
    expect(Date.parse(body.userData.updated_at)).toBeGreaterThan(Date.parse(before.updated_at));
    expect(await me()).toEqual(body.userData);
    expect((await logIn(service, ada)).body.user.active_project).toBe(second.id);
    expect((await active()).body).toEqual({ message: expect.any(String), status: 'success', projectData: second });
  });

  it('is set and told with an API key too', async () => {
    const apiKey = await makeApiKey(service, ada);
    const { id } = await createProject(service, ada);
    expect((await activate(id, { apiKey })).body.userData.active_project).toBe(id);
    expect((await active({ apiKey })).body.projectData.id).toBe(id);
  });

  it('cannot be one that is unknown, deleted or somebody else’s: 400 for all alike', async () => {
    const bob = await join(service);
    const [hers, gone] = [await createProject(service, ada), await createProject(service, bob)];
    await service.api.as(bob).delete(`/project/${gone.id}`);
    for (const id of [hers.id, gone.id, '019b7a3e-7d5e-7c8a-9d3f-2b1c4d5e6f70', 'none']) {
      expect(await activate(id, bob)).toMatchObject({ status: 400, body: { code: 'PROJECT_UNKNOWN' } });
    }
    for (const id of [undefined, null, ' ', 5, ['a']]) {
      expect(await activate(id, bob)).toMatchObject({
        status: 400,
        body: { code: 'VALIDATION_FAILED', errors: [{ field: 'projectId' }] },
      });
    }
    expect((await me(bob)).active_project).toBeNull();
  });

  it('is none again when it is deleted, and stays when another one is', async () => {
    const [project, other] = [await createProject(service, ada), await createProject(service, ada)];
    await activate(project.id);
    await service.api.as(ada).delete(`/project/${other.id}`);
    expect((await active()).body.projectData.id).toBe(project.id);
    await service.api.as(ada).delete(`/project/${project.id}`);
    expect((await active()).status).toBe(404);
    expect((await me()).active_project).toBeNull();
  });

  it('is never one that was deleted at the same moment', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { id } = await createProject(service, ada);
      const [deleted, ...set] = await Promise.all([
        service.api.as(ada).delete(`/project/${id}`),
        ...Array.from({ length: 4 }, () => activate(id)),
      ]);
      expect(deleted.status).toBe(200);
      expect(set.filter(({ status, body }) => status !== 200 && body.code !== 'PROJECT_UNKNOWN')).toEqual([]);
      expect((await me()).active_project).toBeNull();
    }
  });

  it('is refused with 401 without credentials', async () => {
    expect((await active({})).status).toBe(401);
    expect((await activate('none', {})).status).toBe(401);
  });
});
