import { Desk, makeCall, openDesk } from '../support/calls.js';
import { Cluster, startCluster } from '../support/cluster.js';
import { join, Person } from '../support/people.js';
import { PhonePage } from '../support/phone-page.js';
import { killProcesses, ServerProcess } from '../support/start-process.js';
import { until } from '../support/until.js';

const CALLS = 200;
/** The instances have more to do than to list all calls. */
const HISTORY_EVERY_MS = 200;
const SETTINGS = {
  CALLS_PER_PROJECT: '20',
  CALLS_PER_SECOND: '1000',
  CALL_LEASE_SECONDS: '3',
  CALL_POLL_MS: '50',
  // Those that nobody takes ring until the test declines them, on a slow machine too.
  CALL_RING_SECONDS: '600',
};

let cluster: Cluster;
let ada: Person;
let desk: Desk;
let pages: PhonePage[];
beforeAll(async () => {
  cluster = await startCluster(3, SETTINGS);
  ada = await join(cluster);
  desk = await openDesk(cluster, ada);
  pages = await Promise.all(cluster.processes.map(openPage));
});
afterAll(async () => {
  await cluster?.close();
  killProcesses();
});

/** A page on which somebody takes every call and hangs up at once; each fourth call rings on until the test says otherwise. */
async function openPage(process: ServerProcess): Promise<PhonePage> {
  const page = await PhonePage.open(process);
  page.socket.on('message', (data: Buffer, isBinary: boolean) => {
    const told = isBinary ? {} : JSON.parse(data.toString());
    if (told.type === 'ring' && Number(told.to) % 4 !== 0) page.say({ type: 'accept', call: told.call });
    if (told.type === 'answered') page.say({ type: 'hang-up', call: told.call });
  });
  return page;
}

const ringsOf = (page: PhonePage) => page.told.filter(({ type }) => type === 'ring');

async function history(): Promise<any[]> {
  const calls = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const request = { projectId: desk.projectId, pageSize: 100, cursor };
    const { body } = await cluster.api.as(ada).post('/call/get-call-history', request);
    calls.push(...body.calls);
    cursor = body.nextCursor;
  }
  return calls;
}

describe('Three instances, one of which is killed with -9 during 200 calls,', () => {
  it('end every call exactly once, dial none twice, and lose no slot', async () => {
    for (let i = 0; i < CALLS; i += 1) {
      await makeCall(cluster, ada, desk, { number: `+1555018${String(i).padStart(4, '0')}` });
    }
    await until(() => ringsOf(pages[0]).length > 2 && pages.flatMap(ringsOf).length > 20);
    await cluster.processes[0].stop('SIGKILL');
    cluster.proxy.ports = cluster.processes.slice(1).map(({ port }) => port);

    const declined = new Set<string>();
    const calls = await until(async () => {
      for (const page of pages.slice(1)) {
        for (const { call, to } of ringsOf(page)) {
          if (declined.has(to) || Number(to) % 4 !== 0) continue;
          declined.add(to);
          page.say({ type: 'decline', call });
        }
      }
      const all = await history();
      return all.every(({ endTime }) => endTime !== null) && all;
    }, HISTORY_EVERY_MS);

    const dialled = pages.flatMap(ringsOf).map(({ to }) => to);
    expect(new Set(dialled).size).toBe(dialled.length);
    expect(calls).toHaveLength(CALLS);
    const outcomes = calls.map(({ status, endedReason }) => `${status} ${endedReason}`);
    const allowed = ['completed person-hung-up', 'busy declined', 'failed instance-lost'];
    expect(outcomes.filter((outcome) => !allowed.includes(outcome))).toEqual([]);
    expect(outcomes).toContain('failed instance-lost');

    // All slots are free: as many calls as the project may have ring at the same time.
    const before = pages.flatMap(ringsOf).length;
    for (let i = 0; i < 20; i += 1) {
      await makeCall(cluster, ada, desk, { number: `+1555017${String(4 * i).padStart(4, '0')}` });
    }
    await until(() => pages.flatMap(ringsOf).length === before + 20);
  });
});
