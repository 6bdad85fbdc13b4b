import { describeWith } from '../support/describe-with.js';
import { OwnRedis } from '../support/own-redis.js';
import { newAddress } from '../support/people.js';
import { TestApp } from '../support/start-app.js';
import { fromElsewhere, startThrottled, statuses, times, tryPassword } from './clients.js';

const FREE = 4;

describeWith('redis-server', OwnRedis.isInstalled)('When Redis goes away, the service', () => {
  let redis: OwnRedis;
  let instances: TestApp[];
  const tryInTurn = (email: string) => (index: number) => tryPassword(fromElsewhere(instances[index % 2]), email);
  // Instances in one process log through whichever started last.
  const said = (text: string) => instances.flatMap(({ logs }) => logs).filter((line) => line.includes(text)).length;
  const outages = () => said('Redis does not answer');
  const returns = () => said('Redis answers again');

  /** Asks until every instance has said that Redis is back: they reconnect by themselves, and note it with a request. */
  const untilBack = async (count: number) => {
    for (let index = 0; returns() < count; index += 1) {
      await tryPassword(fromElsewhere(instances[index % instances.length]), newAddress());
    }
  };

  beforeEach(async () => {
    redis = await OwnRedis.open();
    const service = await startThrottled({
      REDIS_URL: redis.url,
      THROTTLE_FREE_FAILURES: String(FREE),
      THROTTLE_FIRST_DELAY_SECONDS: '3600',
      THROTTLE_LONGEST_DELAY_SECONDS: '3600',
    });
    instances = [service, await service.another()];
  });
  afterEach(async () => {
    await instances[0]?.close();
    redis?.thaw();
    await redis?.kill();
  });

  it('goes on with limits per instance, says so once, and shares them again when Redis is back', async () => {
    const [before, during, after] = [newAddress(), newAddress(), newAddress()];
    expect(await statuses(FREE + 1, tryInTurn(before))).toEqual([...times(FREE, 404), 429]);
    await redis.kill();
    expect(await statuses(2 * FREE + 2, tryInTurn(during))).toEqual([...times(2 * FREE, 404), 429, 429]);
    expect(outages()).toBe(2);
    await redis.start();
    await untilBack(2);
    expect(await statuses(FREE + 1, tryInTurn(after))).toEqual([...times(FREE, 404), 429]);
    expect([outages(), returns()]).toEqual([2, 2]);
  });

  it('does not forget what the instance itself has counted before', async () => {
    const email = newAddress();
    await statuses(FREE, () => tryPassword(fromElsewhere(instances[0]), email));
    await redis.kill();
    expect((await tryPassword(fromElsewhere(instances[0]), email)).status).toBe(429);
    expect((await tryPassword(fromElsewhere(instances[1]), email)).status).toBe(404);
  });

  it('does not hang on a Redis that is frozen, and comes back to it', async () => {
    redis.freeze();
    const email = newAddress();
    const alone = () => tryPassword(fromElsewhere(instances[0]), email);
    // So many that waiting for Redis each time would take longer than a test may.
    expect(await statuses(FREE + 40, alone)).toEqual([...times(FREE, 404), ...times(40, 429)]);
    expect(outages()).toBe(1);
    redis.thaw();
    await untilBack(1);
  });

  it('starts without it', async () => {
    await redis.kill();
    const late = await instances[0].another();
    instances.push(late);
    const email = newAddress();
    expect(await statuses(FREE + 1, () => tryPassword(fromElsewhere(late), email))).toEqual([...times(FREE, 404), 429]);
    expect(outages()).toBeGreaterThan(0);
    await redis.start();
    await untilBack(1);
  });
});
