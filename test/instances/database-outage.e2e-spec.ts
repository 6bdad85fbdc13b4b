import { setTimeout as delay } from 'node:timers/promises';
import { ApiAnswer, ApiClient } from '../support/api-client.js';
import { Cluster, startCluster } from '../support/cluster.js';
import { atOnce, refresh } from '../support/credentials.js';
import { describeWith } from '../support/describe-with.js';
import { OwnMariadb } from '../support/own-mariadb.js';
import { join, newAddress, PASSWORD, Person, signUp } from '../support/people.js';
import { logIn } from '../support/sessions.js';
import { killProcesses, ServerProcess } from '../support/start-process.js';

// Processes start slowly where much else runs.
jest.setTimeout(240_000);

/** Few connections and little patience, so that a handful of requests uses both up. */
const SETTINGS = { DATABASE_POOL_SIZE: '4', DATABASE_TIMEOUT_MS: '1000' };
const POLL_MS = 20;

/** False for a process that crashed. */
const isRunning = ({ exit }: ServerProcess) => Promise.race([exit.then(() => false), Promise.resolve(true)]);

/** The answer while there is no database. */
function expectUnavailable({ status, body, headers }: ApiAnswer): void {
  expect({ status, code: body.code }).toEqual({ status: 503, code: 'DATABASE_UNAVAILABLE' });
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
}

describeWith('mariadbd', OwnMariadb.isInstalled)('Instances, when their database is', () => {
  let mariadb: OwnMariadb;
  let cluster: Cluster;
  let instances: ApiClient[];
  let ada: Person;

  beforeAll(async () => {
    mariadb = await OwnMariadb.open();
    cluster = await startCluster(2, { ...SETTINGS, DATABASE_URL: await mariadb.createDatabase('talkstack') });
    instances = cluster.processes.map(({ api }) => api);
    ada = await join(cluster);
  });
  afterAll(async () => {
    mariadb?.thaw();
    await cluster?.close();
    await mariadb?.close();
    killProcesses();
  });

  const onEach = (path: string) => Promise.all(instances.map((api) => api.get(path)));

  /** Waits until all instances say that they are ready. */
  async function allReady(): Promise<void> {
    while ((await onEach('/health/ready')).some(({ status }) => status !== 200)) await delay(POLL_MS);
  }

  /** Signs people up, one after the other on each of `lanes` lanes, until told to stop; the addresses of those who got a 200. */
  function keepSigningUp(lanes: number) {
    let isOver = false;
    const acknowledged: string[] = [];
    const others: ApiAnswer[] = [];
    const lane = async (i: number) => {
      while (!isOver) {
        const email = newAddress('outage');
        const answer = await signUp({ api: instances[i % instances.length] }, email);
        if (answer.status === 200) acknowledged.push(email);
        else others.push(answer);
      }
    };
    const running = atOnce(lanes, lane);
    const stop = async () => {
      isOver = true;
      await running;
    };
    return { acknowledged, others, stop };
  }

  async function expectFullService(): Promise<void> {
    for (const api of instances) {
      const person = await join({ api, mailbox: cluster.mailbox });
      expect((await refresh({ api }, person.refreshToken)).status).toBe(200);
      const { status, body } = await refresh({ api }, ada.refreshToken);
      expect(status).toBe(200);
      ada = { ...ada, ...body };
    }
    expect(await Promise.all(cluster.processes.map(isRunning))).toEqual([true, true]);
  }

  it('killed under load, respond 503 with Retry-After, are alive but not ready, then recover and have lost nothing acknowledged', async () => {
    const load = keepSigningUp(6);
    while (load.acknowledged.length < 6) await delay(POLL_MS);
    await mariadb.kill();
    while (load.others.length < 6) await delay(POLL_MS);
    for (const api of instances) {
      expectUnavailable(await refresh({ api }, ada.refreshToken));
      expectUnavailable(await api.get('/health/ready'));
      expect((await api.get('/health/live')).status).toBe(200);
    }
    await mariadb.start();
    await allReady();
    const before = load.acknowledged.length;
    while (load.acknowledged.length < before + 6) await delay(POLL_MS);
    await load.stop();
    load.others.forEach(expectUnavailable);
    await expectFullService();
    for (const email of load.acknowledged) {
      expect((await logIn(cluster, { email, password: PASSWORD })).body.code).toBe('ACCOUNT_NOT_VERIFIED');
      await cluster.mailbox.next(email);
    }
  });

  it('killed while logins wait to be counted in one batch, respond 503 to each, then recover', async () => {
    mariadb.freeze();
    const strangers = Array.from({ length: 20 }, () => newAddress('waiting'));
    const logins = instances.flatMap((api) => strangers.map((email) => logIn({ api }, { email, password: PASSWORD })));
    // Sent after the logins and on the same road: when these are answered, the logins wait.
    expect((await onEach('/health/live')).map(({ status }) => status)).toEqual([200, 200]);
    await mariadb.kill();
    (await Promise.all(logins)).forEach(expectUnavailable);
    await mariadb.start();
    await allReady();
    for (const api of instances) expect((await logIn({ api }, ada)).status).toBe(200);
    await expectFullService();
  });

  it('frozen, respond 503 to every request, however many wait for a connection, then recover', async () => {
    mariadb.freeze();
    const signups = await atOnce(60, () => signUp(cluster));
    const refreshes = await atOnce(20, () => refresh(cluster, ada.refreshToken));
    [...signups, ...refreshes, ...(await onEach('/health/ready'))].forEach(expectUnavailable);
    expect((await onEach('/health/live')).map(({ status }) => status)).toEqual([200, 200]);
    mariadb.thaw();
    await allReady();
    await expectFullService();
  });
});
