import { setTimeout as delay } from 'node:timers/promises';
import { ApiAnswer } from '../support/api-client.js';
import { Cluster, startCluster } from '../support/cluster.js';
import { atOnce, refresh } from '../support/credentials.js';
import { join, newAddress, PASSWORD, Person, signUp } from '../support/people.js';
import { logIn, statusFor } from '../support/sessions.js';
import { killProcesses } from '../support/start-process.js';

// Processes start slowly where much else runs.
jest.setTimeout(240_000);

const CLIENTS = 4;
/** Between two requests of a client: there is always load, and the instances have time to start. */
const PAUSE_MS = 50;

describe('Three instances that are restarted one after the other under load', () => {
  let cluster: Cluster;
  let people: Person[];
  let isOver = false;
  const failures: ApiAnswer[] = [];
  const signedUp: string[] = [];
  let refreshed = 0;

  beforeAll(async () => {
    cluster = await startCluster(3, { SHUTDOWN_DELAY_SECONDS: '2' });
    people = await atOnce(CLIENTS, () => join(cluster));
    const load = [...people.map(keepRefreshing), ...people.map(keepReading), ...people.map(keepSigningUp)];
    for (const old of [...cluster.processes]) {
      expect((await old.stop('SIGTERM')).code).toBe(0);
      await cluster.add();
    }
    isOver = true;
    await Promise.all(load);
  });
  afterAll(async () => {
    isOver = true;
    await cluster?.close();
    killProcesses();
  });

  async function keepRefreshing(person: Person): Promise<void> {
    for (; !isOver; await delay(PAUSE_MS)) {
      const answer = await refresh(cluster, person.refreshToken);
      if (answer.status !== 200) return void failures.push(answer);
      Object.assign(person, answer.body);
      refreshed += 1;
    }
  }

  async function keepReading(person: Person): Promise<void> {
    for (; !isOver; await delay(PAUSE_MS)) {
      const answer = await cluster.api.as({ token: person.token }).get('/user/me');
      if (answer.status !== 200) return void failures.push(answer);
    }
  }

  async function keepSigningUp(): Promise<void> {
    for (; !isOver; await delay(PAUSE_MS)) {
      const email = newAddress('rolling');
      const answer = await signUp(cluster, email);
      if (answer.status !== 200) return void failures.push(answer);
      signedUp.push(email);
    }
  }

  it('answer every request successfully', () => {
    expect(cluster.proxy.unanswered).toEqual([]);
    expect(failures).toEqual([]);
    expect(signedUp.length).toBeGreaterThan(0);
    expect(refreshed).toBeGreaterThan(0);
  });

  it('lose no session that they acknowledged', async () => {
    for (const person of people) {
      expect(await statusFor(cluster, person)).toBe(200);
      expect((await refresh(cluster, person.refreshToken)).status).toBe(200);
    }
  });

  it('lose no signup that they acknowledged, nor its e-mail', async () => {
    const logins = await Promise.all(signedUp.map((email) => logIn(cluster, { email, password: PASSWORD })));
    expect(new Set(logins.map(({ body }) => body.code))).toEqual(new Set(['ACCOUNT_NOT_VERIFIED']));
    for (const email of signedUp) await cluster.mailbox.next(email);
    expect(signedUp.map((email) => cluster.mailbox.to(email).length)).toEqual(signedUp.map(() => 1));
  });
});
