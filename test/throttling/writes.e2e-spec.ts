import { MINUTE_MS } from '../../src/common/clock.js';
import { ApiAnswer } from '../support/api-client.js';
import { atOnce, makeApiKey } from '../support/credentials.js';
import { join } from '../support/people.js';
import { newProjectName } from '../support/projects.js';
import { TestApp } from '../support/start-app.js';
import { obey, startThrottled, stopClock } from './clients.js';

let service: TestApp;
beforeAll(async () => {
  service = await startThrottled({ THROTTLE_WRITES_PER_MINUTE: '5' });
  stopClock(service);
});
afterAll(() => service.close());

const isRefused = ({ status }: { status: number }) => status === 429;

describe('The limit on writes of a user', () => {
  it('counts every write of a user before it is done, whatever the credentials, on all instances', async () => {
    const ada = await join(service);
    const clients = [{ token: ada.token }, { apiKey: await makeApiKey(service, ada) }];
    const isSqlite = service.database.url.startsWith('sqlite:');
    // On SQLite each instance counts by itself.
    const instances = isSqlite ? [service] : [service, await service.another()];
    const answers = await atOnce(40, (i) =>
      instances[i % instances.length].api
        .as(clients[i % 4 < 2 ? 0 : 1])
        .post('/project/create-project', { name: newProjectName(), description: '' }),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(5);
    const refused = answers.filter(isRefused);
    expect(refused).toHaveLength(35);
    expect(refused[0].body.code).toBe('TOO_MANY_REQUESTS');
    expect(refused[0].headers.get('ratelimit-limit')).toBe('5');
    expect((await service.api.as(ada).get('/project')).body.total).toBe(5);
  });

  it('refuses every method but GET, and no other user', async () => {
    const [ada, bob] = [await join(service), await join(service)];
    const change = (as: { token: string }): Promise<ApiAnswer> =>
      service.api.as(as).put('/project/none', { name: 'X' });
    for (let i = 0; i < 5; i += 1) expect((await change(ada)).status).toBe(404);
    const api = service.api.as(ada);
    const refused = await api.delete('/user/apikey');
    const others = [await api.patch('/project/active-agent', {}), await api.post('/auth/logout'), await change(ada)];
    for (const answer of [refused, ...others]) expect(isRefused(answer)).toBe(true);
    expect((await api.get('/user/me')).status).toBe(200);
    expect((await change(bob)).status).toBe(404);
    obey(service, refused);
    expect((await change(ada)).status).toBe(404);
    service.clock.advance(MINUTE_MS);
    expect((await api.post('/auth/logout')).status).toBe(200);
  });
});
