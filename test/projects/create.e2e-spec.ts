import { Database } from '../../src/database/database.js';
import { User } from '../../src/users/user.entity.js';
import { atOnce, makeApiKey } from '../support/credentials.js';
import { join, PASSWORD, Person } from '../support/people.js';
import { createProject, newProjectName } from '../support/projects.js';
import { countRows } from '../support/rows.js';
import { ID, TIME } from '../support/shapes.js';
import { startApp, TestApp } from '../support/start-app.js';

let service: TestApp;
let other: TestApp;
let ada: Person;
beforeAll(async () => {
  service = await startApp();
  other = await service.another();
  ada = await join(service);
});
afterAll(() => service.close());

const create = (body: unknown, as: { token?: string; apiKey?: string } = ada) =>
  service.api.as(as).post('/project/create-project', body);
const createNamed = (name: string) => create({ name, description: '' });

describe('A new project', () => {
  it('is returned with all fields: id, owner and time of creation', async () => {
    const { status, body } = await create({ name: '  Clinic  ', description: ' Answers the phone. ' });
    expect(status).toBe(200);
    expect(body).toEqual({
      message: expect.any(String),
      status: 'success',
      data: {
        id: ID,
        user_id: (await service.api.as(ada).get('/user/me')).body.user.id,
        name: 'Clinic',
        description: ' Answers the phone. ',
        status: 'ACTIVE',
        is_deleted: false,
        call_status_webhook: null,
        active_agent: null,
        created_at: TIME,
        updated_at: body.data.created_at,
      },
    });
    const read = await service.api.as(ada).get(`/project/${body.data.id}`);
    expect(read).toMatchObject({ status: 200, body: { status: 'success', data: body.data } });
  });

  it('can be created with an API key', async () => {
    const apiKey = await makeApiKey(service, ada);
    const { id } = await createProject(service, { apiKey });
    expect((await service.api.as(ada).get(`/project/${id}`)).status).toBe(200);
  });

  it('needs a name and a description, of which the latter may be empty', async () => {
    for (const body of [{}, { name: 'A' }, { name: 'A', description: null }]) {
      const answer = await create(body);
      expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
      expect(answer.body.errors).toContainEqual({ field: 'description', message: 'description is missing' });
    }
    for (const name of [undefined, null, '', '   ']) {
      const answer = await create({ name, description: '' });
      expect(answer.body.errors).toEqual([{ field: 'name', message: 'name is missing' }]);
    }
  });

  it('refuses what is too long, or no text', async () => {
    const faultOf = async (body: object) =>
      (await create({ name: newProjectName(), description: '', ...body })).body.errors;
    expect(await faultOf({ name: 'a'.repeat(101) })).toMatchObject([{ field: 'name' }]);
    expect(await faultOf({ name: 5 })).toMatchObject([{ field: 'name', message: 'name must be a string' }]);
    expect(await faultOf({ description: 'a'.repeat(1001) })).toMatchObject([{ field: 'description' }]);
    expect(await faultOf({ description: ['a'] })).toMatchObject([{ field: 'description' }]);
    // A selector of variants is a character too, though it shows nothing.
    expect(await faultOf({ name: `a${'\ufe0f'.repeat(100)}` })).toMatchObject([{ field: 'name' }]);
    expect(await faultOf({ name: '😀'.repeat(100), description: '😀'.repeat(1000) })).toBeUndefined();
  });

  it('is refused with 401 without credentials', async () => {
    expect(await create({ name: 'A', description: '' }, {})).toMatchObject({
      status: 401,
      body: { code: 'UNAUTHORIZED' },
    });
  });
});

describe('The name of a project', () => {
  it.each([
    ['the same', 'Praxis', 'Praxis'],
    ['in another case', 'Bakery', 'bAKERY'],
    ['in another case of another script', 'Клиника Ω', 'КЛИНИКА ω'],
    ['with its accents encoded differently', 'Caf\u00e9', 'CAFE\u0301'],
    ['with blanks around it', 'Garage', ' Garage '],
  ])('is taken for its owner by %s', async (_, first, second) => {
    expect((await createNamed(first)).status).toBe(200);
    expect(await createNamed(second)).toMatchObject({ status: 400, body: { code: 'PROJECT_NAME_TAKEN' } });
  });

  it('is not taken by what only looks alike to a database: other accents, other widths, ß and ss', async () => {
    for (const name of ['Straße', 'Strasse', 'resume', 'résumé', 'Ａ', 'A', 'I', 'ı']) {
      expect({ name, status: (await createNamed(name)).status }).toEqual({ name, status: 200 });
    }
  });

  it('is taken for its owner alone', async () => {
    const { name } = await createProject(service, ada);
    const bob = await join(service);
    expect((await createProject(service, bob, name)).name).toBe(name);
  });

  it('goes to one project, however many ask for it at once on two instances', async () => {
    for (let round = 0; round < 4; round += 1) {
      const name = newProjectName();
      const answers = await atOnce(10, (i) =>
        [service, other][i % 2].api
          .as(ada)
          .post('/project/create-project', { name: i % 3 ? name : name.toUpperCase(), description: '' }),
      );
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(({ body }) => body.code === 'PROJECT_NAME_TAKEN')).toHaveLength(9);
    }
  });
});

describe('A project created while its owner deletes the account', () => {
  it('is refused, and no failure, when the owner was there a moment ago', async () => {
    const leaving = await join(service);
    const { id } = (await service.api.as(leaving).get('/user/me')).body.user;
    await service.app.get(Database).write(({ manager }) => manager.delete(User, id));
    expect(await create({ name: 'A', description: '' }, leaving)).toMatchObject({
      status: 401,
      body: { code: 'TOKEN_INVALID' },
    });
  });

  it('is refused or deleted with them', async () => {
    for (let round = 0; round < 5; round += 1) {
      const leaving = await join(service);
      const { id } = (await service.api.as(leaving).get('/user/me')).body.user;
      const [left, ...created] = await Promise.all([
        other.api.as(leaving).delete('/user', { password: PASSWORD }),
        ...['A', 'B', 'C', 'D'].map((name) => create({ name, description: '' }, leaving)),
      ]);
      expect(left.status).toBe(200);
      for (const { status, body } of created) {
        if (status !== 200) expect({ status, code: body.code }).toEqual({ status: 401, code: 'TOKEN_INVALID' });
      }
      expect(await countRows(service, 'projects', `user_id = '${id}'`)).toBe(0);
    }
  });
});
