import { ApiClient } from '../support/api-client.js';
import { makeCall, openDesk } from '../support/calls.js';
import { atOnce } from '../support/credentials.js';
import { join, Person } from '../support/people.js';
import { countRows } from '../support/rows.js';
import { startApp, TestApp } from '../support/start-app.js';

const PATH = '/user/suppressed-numbers';

let service: TestApp;
let ada: Person;
let api: ApiClient;
beforeAll(async () => {
  service = await startApp({ SUPPRESSED_NUMBERS_PER_USER: '3' });
  ada = await join(service);
  api = service.api.as(ada);
});
afterAll(() => service.close());

describe('A suppressed number', () => {
  it('is called by no agent of its user until it is removed, but by agents of other users', async () => {
    const number = '+15550103001';
    await atOnce(5, () => api.post(PATH, { number }));
    expect((await api.get(PATH)).body).toMatchObject({ total: 1, numbers: [{ number }] });
    const desk = await openDesk(service, ada);
    await expect(makeCall(service, ada, desk, { number })).rejects.toThrow('NUMBER_SUPPRESSED');
    const bob = await join(service);
    await makeCall(service, bob, await openDesk(service, bob), { number });
    expect((await service.api.as(bob).get(PATH)).body.numbers).toEqual([]);
    await service.api.as(bob).delete(PATH, { number });
    await expect(makeCall(service, ada, desk, { number })).rejects.toThrow('NUMBER_SUPPRESSED');
    await api.delete(PATH, { number });
    await makeCall(service, ada, desk, { number });
  });

  it('is one of at most SUPPRESSED_NUMBERS_PER_USER, also under concurrent requests, and is deleted with its account', async () => {
    const bob = await join(service);
    const his = service.api.as(bob);
    const answers = await atOnce(8, (i) => his.post(PATH, { number: `+155501031${10 + i}` }));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
    expect(answers.filter(({ body }) => body.code === 'QUOTA_REACHED')).toHaveLength(5);
    const page = await his.get(`${PATH}?pageSize=2`);
    expect(page.body.numbers).toHaveLength(2);
    expect(page.headers.get('link')).toContain('after=');
    expect((await his.get('/user/export')).body.data.suppressedNumbers).toHaveLength(3);
    const before = await countRows(service, 'suppressed_numbers');
    await his.delete('/user', { password: bob.password });
    expect(await countRows(service, 'suppressed_numbers')).toBe(before - 3);
  });
});
