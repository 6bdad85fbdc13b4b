import { availableParallelism } from 'node:os';
import { PasswordHasher } from '../../src/auth/password-hasher.js';
import { ApiAnswer } from '../support/api-client.js';
import { join, Person } from '../support/people.js';
import { startApp, TestApp } from '../support/start-app.js';

const QUEUE = 3;
const LOGINS = 60;

describe('More logins than the service can take', () => {
  let service: TestApp;
  let ada: Person;
  let hasher: PasswordHasher;
  beforeAll(async () => {
    // Hashes that cost as much as in earnest, and room for few.
    service = await startApp({ HASH_QUEUE_LENGTH: String(QUEUE), ARGON2_MEMORY_KIB: '19456', ARGON2_PASSES: '2' });
    ada = await join(service);
    hasher = service.app.get(PasswordHasher);
  });
  afterAll(() => service.close());

  const logIn = () => service.api.post('/auth/login', { email: ada.email, password: ada.password });

  /** Notes how many hashes run and wait at every turn of the event loop, until the answers are there. */
  async function watch<Result>(answers: Promise<Result>) {
    const most = { underWay: 0, queued: 0 };
    let isDone = false;
    const look = (): void => {
      most.underWay = Math.max(most.underWay, hasher.underWay);
      most.queued = Math.max(most.queued, hasher.queued);
      if (!isDone) setImmediate(look);
    };
    look();
    const result = await answers.finally(() => (isDone = true));
    return { result, most };
  }

  it('are answered 503 with Retry-After behind a bounded queue, at most one hash a core at a time', async () => {
    const { result, most } = await watch(Promise.all(Array.from({ length: LOGINS }, logIn)));
    expect(most.underWay).toBe(availableParallelism());
    expect(most.queued).toBe(QUEUE);
    const refused = result.filter(({ status }) => status !== 200);
    expect(refused.length).toBeGreaterThan(0);
    expect(LOGINS - refused.length).toBeGreaterThanOrEqual(availableParallelism() + QUEUE);
    for (const { status, body, headers } of refused) {
      expect(status).toBe(503);
      expect(body).toMatchObject({ status: 'error', code: 'OVERLOADED', loginStatus: 8 });
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
  });

  it('do not hold up guarded reads and health, which are answered while the logins wait', async () => {
    const patient = await service.another({ HASH_QUEUE_LENGTH: '1000' });
    let answered = 0;
    const logins = Array.from({ length: 5 * LOGINS }, async () => {
      await patient.api.post('/auth/login', { email: ada.email, password: ada.password });
      answered += 1;
    });
    const reads: Promise<ApiAnswer>[] = [];
    for (let i = 0; i < 10; i += 1) {
      reads.push(patient.api.as(ada).get('/user/sessions/current'), patient.api.get('/health/live'));
    }
    expect((await Promise.all(reads)).map(({ status }) => status)).toEqual(reads.map(() => 200));
    expect(answered).toBeLessThan(logins.length);
    await Promise.all(logins);
  });

  it('cost nobody a try: afterwards the owner logs in at once', async () => {
    const strict = await service.another({ THROTTLE_TRIES_PER_QUARTER_HOUR: '20', THROTTLE_FREE_FAILURES: '10' });
    const tries = Array.from({ length: LOGINS }, () =>
      strict.api.post('/auth/login', { email: ada.email, password: ada.password }),
    );
    const statuses = (await Promise.all(tries)).map(({ status }) => status);
    expect(statuses).toContain(503);
    const { status } = await strict.api.post('/auth/login', { email: ada.email, password: ada.password });
    expect(status).toBe(200);
  });

  it('leave nothing behind: when they are over, no hash waits and logins work', async () => {
    expect((await logIn()).status).toBe(200);
    expect(hasher.queued).toBe(0);
    expect(hasher.underWay).toBe(0);
  });
});
