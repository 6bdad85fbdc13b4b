import { insertAgent } from '../support/agents.js';
import { atOnce } from '../support/credentials.js';
import { addNumber, newNumber, NumberData } from '../support/numbers.js';
import { join, Person } from '../support/people.js';
import { createProject, ProjectData } from '../support/projects.js';
import { countRows } from '../support/rows.js';
import { startApp, TestApp } from '../support/start-app.js';

const NO_ID = '019b7a3e-7d5e-7c8a-9d3f-2b1c4d5e6f70';

let service: TestApp;
let ada: Person;
let project: ProjectData;
let agentId: string;
let number: NumberData;
beforeAll(async () => {
  service = await startApp();
  ada = await join(service);
  project = await createProject(service, ada);
});
beforeEach(async () => {
  agentId = await insertAgent(service, project);
  number = await addNumber(service, ada, { projectId: project.id, agentId });
});
afterAll(() => service.close());

const remove = (body: unknown, as: { token?: string } = ada) =>
  service.api.as(as).post('/phone-number/remove-number', body);
const see = async () => (await service.api.as(ada).post('/phone-number', { phoneNumberId: number.id })).body.data;

describe('A phone number that is taken away', () => {
  it.each(['id', 'e164'] as const)('from its agent by its %s stays in the project, available', async (by) => {
    const which = by === 'id' ? { phoneNumberId: number.id } : { e164: ` ${number.e164} ` };
    for (let round = 0; round < 2; round += 1) {
      const { status, body } = await remove(which);
      expect({ status, body }).toMatchObject({ status: 200, body: { status: 'success' } });
      expect(body.data).toEqual({ ...number, agentId: null, status: 'AVAILABLE', updated_at: expect.any(String) });
      expect(await see()).toEqual(body.data);
    }
    const back = await addNumber(service, ada, { projectId: project.id, agentId, e164: number.e164 });
    expect(back).toMatchObject({ id: number.id, status: 'ASSIGNED' });
  });

  it('from its project too is free for any other project', async () => {
    const { status, body } = await remove({ phoneNumberId: number.id, release: true });
    expect({ status, body }).toEqual({ status: 200, body: { message: expect.any(String), status: 'success' } });
    expect(await remove({ e164: number.e164, release: true })).toMatchObject({ status: 404 });
    const bob = await join(service);
    const theirs = await createProject(service, bob);
    const where = { projectId: theirs.id, agentId: await insertAgent(service, theirs) };
    const moved = await addNumber(service, bob, { ...where, e164: number.e164 });
    expect(moved).toMatchObject(where);
    expect(moved.id).not.toBe(number.id);
  });

  it('is identified by its id, if both are sent', async () => {
    const other = await addNumber(service, ada, {
      projectId: project.id,
      agentId: await insertAgent(service, project),
    });
    expect((await remove({ phoneNumberId: other.id, e164: number.e164 })).body.data.id).toBe(other.id);
    expect(await see()).toEqual(number);
  });

  it('must be identified, and is released only by the value true', async () => {
    for (const body of [{}, undefined, { release: true }, { phoneNumberId: '', e164: null }]) {
      expect(await remove(body)).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    }
    for (const release of ['true', 1, [], {}]) {
      expect(await remove({ phoneNumberId: number.id, release })).toMatchObject({
        status: 400,
        body: { errors: [{ field: 'release', message: 'release must be true or false' }] },
      });
    }
    expect(await see()).toEqual(number);
  });

  it('is not somebody else’s: that is answered like one that is not there, and stays', async () => {
    const bob = await join(service);
    const answers = [await remove({ e164: newNumber() })];
    for (const release of [true, false]) {
      answers.push(await remove({ phoneNumberId: number.id, release }, bob));
      answers.push(await remove({ e164: number.e164, release }, bob));
      for (const wrong of [NO_ID, 'none', '\u0000', '\ud800', 'x'.repeat(5000)]) {
        answers.push(await remove({ phoneNumberId: wrong, release }));
      }
    }
    expect(new Set(answers.map(({ body }) => JSON.stringify({ ...body, requestId: '' }))).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 404, body: { code: 'NUMBER_NOT_FOUND' } });
    expect(await remove({ phoneNumberId: number.id }, {})).toMatchObject({ status: 401 });
    expect(await see()).toEqual(number);
  });

  it('is released once, however many ask for it at once', async () => {
    const answers = await atOnce(10, () => remove({ e164: number.e164, release: true }));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(9);
  });

  it('while it is linked to another agent ends as one of the two', async () => {
    for (let round = 0; round < 8; round += 1) {
      const other = await insertAgent(service, project);
      const [taken, added] = await Promise.all([
        remove({ phoneNumberId: number.id, release: round % 2 === 0 }),
        service.api
          .as(ada)
          .post('/phone-number/add-number', { e164: number.e164, projectId: project.id, agentId: other }),
      ]);
      expect([taken.status, added.status]).toEqual([200, 200]);
      expect(await countRows(service, 'phone_numbers', `e164 = '${number.e164}'`)).toBeLessThanOrEqual(1);
      number = await addNumber(service, ada, { projectId: project.id, agentId, e164: number.e164 });
    }
  });
});

describe('A project with a phone number', () => {
  it('is not deleted, unless its numbers shall be deleted with it; then they are free', async () => {
    const clinic = await createProject(service, ada);
    const where = { projectId: clinic.id, agentId: await insertAgent(service, clinic) };
    const { e164, id } = await addNumber(service, ada, where);
    await remove({ phoneNumberId: id });
    const drop = (body?: object) => service.api.as(ada).delete(`/project/${clinic.id}`, body);
    expect(await drop()).toMatchObject({ status: 400, body: { code: 'PROJECT_NOT_EMPTY' } });
    expect(await drop({ cascade: true })).toMatchObject({ status: 200 });
    expect(await countRows(service, 'phone_numbers', `e164 = '${e164}'`)).toBe(0);
    expect((await addNumber(service, ada, { projectId: project.id, agentId, e164 })).e164).toBe(e164);
  });

  it('is deleted once its number is released and its agent deleted', async () => {
    const clinic = await createProject(service, ada);
    const where = { projectId: clinic.id, agentId: await insertAgent(service, clinic) };
    await remove({ e164: (await addNumber(service, ada, where)).e164, release: true });
    expect((await service.api.as(ada).delete('/agent', where)).status).toBe(200);
    expect(await service.api.as(ada).delete(`/project/${clinic.id}`)).toMatchObject({ status: 200 });
  });

  it('is deleted with its numbers when the owner deletes the account', async () => {
    const bob = await join(service);
    const theirs = await createProject(service, bob);
    const where = { projectId: theirs.id, agentId: await insertAgent(service, theirs) };
    const { e164 } = await addNumber(service, bob, where);
    await addNumber(service, bob, where);
    await service.api.as(bob).delete('/user', { password: bob.password });
    expect(await countRows(service, 'phone_numbers', `user_id = '${theirs.user_id}'`)).toBe(0);
    expect((await addNumber(service, ada, { projectId: project.id, agentId, e164 })).e164).toBe(e164);
  });
});
