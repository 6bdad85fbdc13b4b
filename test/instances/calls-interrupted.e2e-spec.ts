import { Cluster, startCluster } from '../support/cluster.js';
import { makeCall, openDesk } from '../support/calls.js';
import { describeWith } from '../support/describe-with.js';
import { queryDirectly } from '../support/direct-query.js';
import { OwnMariadb } from '../support/own-mariadb.js';
import { join, Person } from '../support/people.js';
import { PhonePage } from '../support/phone-page.js';
import { killProcesses } from '../support/start-process.js';
import { createTestDatabase, TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

// Processes start slowly where much else runs.
jest.setTimeout(240_000);

const SETTINGS = { CALL_POLL_MS: '50', CALL_LEASE_SECONDS: '3', SHUTDOWN_CALLS_SECONDS: '2' };

/** What the page shows of one side, as soon as it has this in it. */
const shown = (page: PhonePage, role: string, words: string) =>
  page.until(() => page.told.find((told) => told.role === role && told.text?.includes(words)));

/** A call on the page of the first process, greeted, in which the person said something. */
async function talk(cluster: Cluster, ada: Person) {
  const page = await PhonePage.open(cluster.processes[0]);
  const { sid } = await makeCall(cluster, ada, await openDesk(cluster, ada));
  const call = await page.accept();
  await page.until(() => page.sound.length > 0);
  const say = async (text: string) => {
    page.say({ type: 'text', call, text });
    await shown(page, 'person', text);
  };
  await say('My plum tree is tall.');
  await shown(page, 'agent', 'I heard you.');
  return { page, call, sid, say };
}

const wordsOf = (transcript: { text: string }[]) => transcript.map(({ text }) => text).join(' ');

describe('A call under way', () => {
  let database: TestDatabase;
  let cluster: Cluster;
  let ada: Person;
  beforeAll(async () => {
    database = await createTestDatabase();
    cluster = await startCluster(1, { ...SETTINGS, DATABASE_URL: database.url });
    ada = await join(cluster);
  });
  afterAll(async () => {
    await cluster?.close();
    await database?.drop();
    killProcesses();
  });

  const untilEnded = (sid: string) =>
    until(async () => {
      const { body } = await cluster.api.as(ada).post('/call', { sid });
      return body.endTime && body;
    });

  it('is ended by another instance when its own is killed with -9, and keeps all that was said before', async () => {
    const { sid, say, page } = await talk(cluster, ada);
    await say('It is also old.');
    await until(async () =>
      wordsOf((await cluster.api.as(ada).post('/call', { sid })).body.transcript).includes('It is also old.'),
    );
    const [first] = cluster.processes.splice(0, 1);
    await first.stop('SIGKILL');
    await page.closed;
    cluster.proxy.ports = [];
    await cluster.add();
    const ended = await untilEnded(sid);
    expect(ended).toMatchObject({ status: 'failed', endedReason: 'instance-lost' });
    expect(wordsOf(ended.transcript)).toContain('My plum tree is tall.');
  });

  it('goes on after SIGTERM while new requests are refused, then its agent says goodbye, and its outcome is kept', async () => {
    const { sid, say, page } = await talk(cluster, ada);
    const [first] = cluster.processes.splice(0, 1);
    first.signal('SIGTERM');
    await until(() =>
      first.api.get('/health/live').then(
        () => false,
        () => true,
      ),
    );
    await say('Are you still there?');
    await shown(page, 'agent', 'Goodbye.');
    expect(await page.closed).toMatchObject({ code: 1001 });
    expect(await first.exit).toMatchObject({ code: 0 });
    const rows = await queryDirectly(database, 'SELECT status, ended_reason FROM calls ORDER BY id DESC LIMIT 1');
    expect(rows).toEqual([{ status: 'completed', ended_reason: 'instance-lost' }]);
    cluster.proxy.ports = [];
    await cluster.add();
    const words = wordsOf((await untilEnded(sid)).transcript);
    expect(words).toMatch(/My plum tree is tall\..+Are you still there\?.+Goodbye\.$/);
  });
});

describeWith('mariadbd', OwnMariadb.isInstalled)('A call during which the database goes away', () => {
  let mariadb: OwnMariadb;
  let cluster: Cluster;
  afterAll(async () => {
    await cluster?.close();
    await mariadb?.close();
    killProcesses();
  });

  it('goes on, and its transcript and outcome are stored when the database is back', async () => {
    mariadb = await OwnMariadb.open();
    const more = { DATABASE_TIMEOUT_MS: '1000', DATABASE_URL: await mariadb.createDatabase('talkstack') };
    cluster = await startCluster(1, { ...SETTINGS, ...more });
    const ada = await join(cluster);
    const { page, call, sid, say } = await talk(cluster, ada);
    await mariadb.kill();
    await say('How are you?');
    await shown(page, 'agent', 'I am well, thank you.');
    page.say({ type: 'hang-up', call });
    await page.news({ type: 'ended', call });
    await mariadb.start();
    const ended = await until(async () => {
      const { status, body } = await cluster.api.as(ada).post('/call', { sid });
      return status === 200 && body.endTime && body;
    });
    expect(ended).toMatchObject({ status: 'completed', endedReason: 'person-hung-up' });
    expect(wordsOf(ended.transcript)).toMatch(/My plum tree is tall\..+How are you\?.+I am well/);
  });
});
