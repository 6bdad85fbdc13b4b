import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { DAY_MS } from '../../src/common/clock.js';
import { HousekeepingService } from '../../src/housekeeping/housekeeping.service.js';
import { atOnce } from '../support/credentials.js';
import { join, newAddress, signUp } from '../support/people.js';
import { Settings, TestApp } from '../support/start-app.js';
import { isSqlite } from '../support/test-database.js';
import {
  from,
  fromElsewhere,
  logInRight,
  newIp,
  startThrottled,
  statuses,
  stopClock,
  times,
  tryPassword,
} from './clients.js';

declare const TEST_REDIS_URL: string;

const LIMITS = {
  THROTTLE_FREE_FAILURES: '4',
  THROTTLE_TRIES_PER_QUARTER_HOUR: '6',
  THROTTLE_FIRST_DELAY_SECONDS: '60',
};
const PREFIX = `test-${randomBytes(6).toString('hex')}:`;

const stores: [string, Settings][] = [];
if (!isSqlite()) stores.push(['the database', {}]);
if (TEST_REDIS_URL) stores.push(['Redis', { REDIS_URL: TEST_REDIS_URL, REDIS_KEY_PREFIX: PREFIX }]);

describe.each(stores)('Instances that share %s', (_, settings) => {
  let service: TestApp;
  let instances: TestApp[];
  beforeAll(async () => {
    service = await startThrottled({ ...LIMITS, ...settings });
    stopClock(service);
    instances = [service, await service.another()];
  });
  afterAll(() => service.close());

  it('count parallel tries together', async () => {
    const { email } = await join(fromElsewhere(service));
    const answers = await atOnce(60, (index) => tryPassword(fromElsewhere(instances[index % 2]), email));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(4);
  });

  it('count the signups of an address from one network together', async () => {
    const email = newAddress();
    const home = newIp();
    const answers = await atOnce(12, (index) => signUp(from(instances[index % 2], home), email));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(5);
  });

  it('make each other’s attackers wait, and let the owner through', async () => {
    const home = newIp();
    const { email } = await join(from(service, home));
    await statuses(4, (index) => tryPassword(fromElsewhere(instances[index % 2]), email));
    const refused = await atOnce(2, (index) => tryPassword(fromElsewhere(instances[index]), email));
    expect(refused.map(({ headers }) => headers.get('retry-after'))).toEqual(['60', '60']);
    expect((await logInRight(from(instances[1], home), email)).status).toBe(200);
    service.clock.advance(60_000);
    expect((await tryPassword(fromElsewhere(instances[1]), email)).status).toBe(401);
    expect((await tryPassword(fromElsewhere(instances[0]), email)).headers.get('retry-after')).toBe('120');
  });

  it('forget the tries of a pair together when its login succeeds', async () => {
    const { email } = await join(fromElsewhere(service));
    const ip = newIp();
    const [here, there] = instances.map((instance) => from(instance, ip));
    const afterAWait = (client: TestApp, logIn = tryPassword) => {
      service.clock.advance(70_000);
      return logIn(client, email);
    };
    expect(await statuses(3, () => afterAWait(here))).toEqual(times(3, 401));
    expect((await afterAWait(there, logInRight)).status).toBe(200);
    expect(await statuses(3, () => afterAWait(here))).toEqual(times(3, 401));
  });
});

describe('What is counted', () => {
  // jest.config.mjs says so loudly when there is no Redis, and fails under CI.
  const ifRedisIsThere = (name: string, story: () => Promise<void>) => TEST_REDIS_URL && it(name, story);
  ifRedisIsThere('stands in Redis under no address and no IP, and not longer than its window', async () => {
    const redis = new Redis(TEST_REDIS_URL);
    const keys = await redis.keys(`${PREFIX}*`);
    expect(keys.length).toBeGreaterThan(20);
    for (const key of keys) {
      expect(key.slice(PREFIX.length)).toMatch(/^[0-9a-f]{64}$/);
      const left = await redis.pttl(key);
      expect(left === -2 || (left > 0 && left <= DAY_MS)).toBe(true);
    }
    await redis.del(keys);
    await redis.quit();
  });

  it('is stored without addresses and IPs, and is deleted when its time is over', async () => {
    const service = await startThrottled();
    const { email } = await join(fromElsewhere(service));
    await tryPassword(fromElsewhere(service), email);
    const ids = async () => (await service.query('SELECT id FROM counters')).map(({ id }) => id);
    expect((await ids()).length).toBeGreaterThan(0);
    for (const id of await ids()) expect(id).toMatch(/^[0-9a-f]{64}$/);
    service.clock.advance(DAY_MS + 1000);
    await service.app.get(HousekeepingService).run();
    expect(await ids()).toHaveLength(1);
    service.clock.advance(90 * DAY_MS);
    await service.app.get(HousekeepingService).run();
    expect(await ids()).toHaveLength(0);
    await service.close();
  });
});
