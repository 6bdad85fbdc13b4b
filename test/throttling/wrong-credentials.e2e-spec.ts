import { MINUTE_MS } from '../../src/common/clock.js';
import { ApiAnswer } from '../support/api-client.js';
import { atOnce, makeApiKey } from '../support/credentials.js';
import { join } from '../support/people.js';
import { TestApp } from '../support/start-app.js';
import { fromElsewhere, obey, startThrottled, statuses, stopClock, times } from './clients.js';

const MOST = 3;

let service: TestApp;
beforeAll(async () => {
  service = await startThrottled({ THROTTLE_WRONG_CREDENTIALS_PER_MINUTE: String(MOST) });
  stopClock(service);
});
afterAll(() => service.close());

let guesses = 0;
const guess = (client: TestApp): Promise<ApiAnswer> => {
  guesses += 1;
  return client.api.as({ apiKey: String(guesses).padStart(64, '0') }).get('/user/me');
};
const withKey = (client: TestApp, apiKey: string) => client.api.as({ apiKey }).get('/user/me');
const withToken = (client: TestApp, token: string) => client.api.as({ token }).get('/user/me');

describe('Whoever guesses API keys', () => {
  it('is refused after so many a minute, for that minute, from that IP', async () => {
    const client = fromElsewhere(service);
    expect(await statuses(MOST, () => guess(client))).toEqual(times(MOST, 401));
    service.clock.advance(20_000);
    const refused = await guess(client);
    expect(refused).toMatchObject({ status: 429, body: { code: 'TOO_MANY_REQUESTS' } });
    expect(Object.fromEntries(refused.headers)).toMatchObject({
      'retry-after': '40',
      'ratelimit-limit': String(MOST),
      'ratelimit-remaining': '0',
      'ratelimit-reset': '40',
    });
    expect((await guess(fromElsewhere(service))).status).toBe(401);
    obey(service, refused);
    expect((await guess(client)).status).toBe(401);
  });

  it('has no more keys looked at when all are sent at once', async () => {
    const client = fromElsewhere(service);
    const answers = await atOnce(50, () => guess(client));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(MOST);
  });

  it('does not learn of a right key then, while the keys of others beside them go on working', async () => {
    const office = fromElsewhere(service);
    const [ada, bob] = [await join(fromElsewhere(service)), await join(fromElsewhere(service))];
    const [known, unknown] = [await makeApiKey(service, ada), await makeApiKey(service, bob)];
    expect((await withKey(office, known)).status).toBe(200);
    await statuses(MOST + 1, () => guess(office));
    expect((await withKey(office, unknown)).status).toBe(429);
    expect((await withKey(office, known)).status).toBe(200);
    expect((await withToken(office, bob.token)).status).toBe(200);
    service.clock.advance(MINUTE_MS);
    expect((await withKey(office, unknown)).status).toBe(200);
  });
});

describe('Credentials that work', () => {
  it('do not count, however many come from one IP', async () => {
    const office = fromElsewhere(service);
    const people = await atOnce(MOST + 2, () => join(fromElsewhere(service)));
    for (const person of people) {
      const apiKey = await makeApiKey(service, person);
      expect([(await withKey(office, apiKey)).status, (await withToken(office, person.token)).status]).toEqual([
        200, 200,
      ]);
    }
    expect(await statuses(MOST + 1, () => guess(office))).toEqual([...times(MOST, 401), 429]);
  });
});

describe('Whoever sends dead tokens', () => {
  it('is told to slow down, while tokens that live go on working', async () => {
    const client = fromElsewhere(service);
    const ada = await join(fromElsewhere(service));
    await service.api.as(ada).post('/auth/logout-all');
    expect(await statuses(MOST + 1, () => withToken(client, ada.token))).toEqual([...times(MOST, 401), 429]);
    expect((await withToken(client, (await join(fromElsewhere(service))).token)).status).toBe(200);
    expect((await client.api.get('/user/me')).status).toBe(401);
  });
});
