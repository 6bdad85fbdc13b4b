import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { DataSource } from 'typeorm';
import { MINUTE_MS } from '../../src/common/clock.js';
import { databaseOptions } from '../../src/database/database-options.js';
import { DatabaseSettings } from '../../src/database/database.settings.js';
import { MIGRATIONS } from '../../src/database/migrations/index.js';
import { SCHEMA } from '../../src/schema.js';
import { loadServiceSettings } from '../../src/settings.js';
import { Cluster, startCluster } from '../support/cluster.js';
import { decode } from '../support/jwt.js';
import { join, newAddress, signUp } from '../support/people.js';
import { openSession, statusFor } from '../support/sessions.js';
import { Settings, startApp, TestApp } from '../support/start-app.js';
import { killProcesses, launch, program, runProcess } from '../support/start-process.js';
import { isSqlite } from '../support/test-database.js';

// Processes start slowly where much else runs.
jest.setTimeout(240_000);

/** Letters that one instance sends at the same time. */
const IN_FLIGHT = 5;
const LEASE_SECONDS = 5;
const POLL_MS = 5;
const ROTATE = 'rotate-keys';

/** Starts a program of the build and kills it as soon as its work is under way. */
async function startAndKill(name: string, settings: Settings, isUnderWay: () => Promise<boolean>): Promise<void> {
  const { child, exit } = launch(program(name), [], settings, tmpdir());
  while (child.exitCode === null && !(await isUnderWay())) await delay(POLL_MS);
  child.kill('SIGKILL');
  expect((await exit).signal).toBe('SIGKILL');
}

describe('An instance that is killed while it sends e-mails', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster(3, { MAIL_LEASE_SECONDS: String(LEASE_SECONDS) });
  });
  afterAll(async () => {
    await cluster?.close();
    killProcesses();
  });

  it('leaves them to the others: each arrives, and only those being sent may arrive twice, with the same Message-ID', async () => {
    const { mailbox, processes } = cluster;
    let open: () => void = () => undefined;
    let allBusy: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const busy = new Promise<void>((resolve) => (allBusy = resolve));
    let held = 0;
    mailbox.beforeAcknowledging = () => {
      held += 1;
      if (held === IN_FLIGHT * processes.length) allBusy();
      return gate;
    };
    const emails = Array.from({ length: 30 }, () => newAddress('letters'));
    const signups = await Promise.all(emails.map((email) => signUp(cluster, email)));
    expect(signups.map(({ status, body }) => body.code ?? status)).toEqual(emails.map(() => 200));
    await busy;
    await processes[0].stop('SIGKILL');
    open();
    const codes = await Promise.all(emails.map((email) => mailbox.nextCode(email)));
    const verified = await Promise.all(
      emails.map((email, i) => cluster.api.post('/auth/verify-email', { email, code: codes[i] })),
    );
    expect(verified.map(({ status, body }) => body.code ?? status)).toEqual(emails.map(() => 200));
    expect(mailbox.letters.length).toBeLessThanOrEqual(emails.length + IN_FLIGHT);
    expect(new Set(mailbox.letters.map(({ messageId }) => messageId)).size).toBe(emails.length);
  });
});

describe('Instances that are killed while they migrate', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster(0);
  });
  afterAll(async () => {
    await cluster?.close();
    killProcesses();
  });

  /** Tables in the database so far. On SQLite, where all come at once in the end, whether there is a file. */
  async function tables(): Promise<number> {
    const url = cluster.settings.DATABASE_URL;
    if (isSqlite()) return existsSync(url.replace('sqlite:', '')) ? 1 : 0;
    const connection = await createConnection(url.replace('mariadb:', 'mysql:'));
    const [rows] = await connection.query('SHOW TABLES');
    await connection.end();
    return (rows as unknown[]).length;
  }

  it('leave the remaining migrations to the others, and the schema complete', async () => {
    const { settings } = cluster;
    await startAndKill('main', settings, async () => (await tables()) > 0);
    await startAndKill('main', settings, async () => isSqlite() || (await tables()) > 3);
    const survivors = await Promise.all([cluster.add(), cluster.add()]);
    const ready = await Promise.all(survivors.map(({ api }) => api.get('/health/ready')));
    expect(ready.map(({ status }) => status)).toEqual([200, 200]);
    const options = await databaseOptions(
      loadServiceSettings({ DATABASE_URL: settings.DATABASE_URL }).get(DatabaseSettings),
      SCHEMA,
    );
    const dataSource = await new DataSource(options).initialize();
    expect((await dataSource.driver.createSchemaBuilder().log()).upQueries).toEqual([]);
    expect(await dataSource.query('SELECT * FROM migrations')).toHaveLength(MIGRATIONS.length);
    await dataSource.destroy();
  });
});

describe('A rotation of the signing keys that is killed', () => {
  let first: TestApp;
  let instances: TestApp[];
  beforeAll(async () => {
    first = await startApp();
    instances = [first, await first.another()];
  });
  afterAll(async () => {
    await first?.close();
    killProcesses();
  });

  const settings = () => ({ ...first.settings, SMTP_URL: first.mailbox.url, DATABASE_URL: first.database.url });
  const rotate = () => runProcess(program(ROTATE), [], settings(), tmpdir());
  const keys = async (service: TestApp) => (await service.api.get('/.well-known/jwks.json')).body.keys;

  const count = async () => (await first.query('SELECT id FROM signing_keys')).length;

  it('leaves every token valid on all instances, and the next rotation succeeds', async () => {
    const ada = await join(first);
    await startAndKill(ROTATE, settings(), async () => true);
    await startAndKill(ROTATE, settings(), async () => (await count()) > 1);
    const whole = await Promise.all([rotate(), rotate()]);
    expect(whole.map(({ code }) => code)).toEqual([0, 0]);
    first.clock.advance(2 * MINUTE_MS);
    expect(await keys(instances[0])).toEqual(await keys(instances[1]));
    expect(await Promise.all(instances.map((service) => statusFor(service, ada)))).toEqual([200, 200]);
    first.clock.advance(10 * MINUTE_MS);
    const later = await Promise.all(instances.map((service) => openSession(service, ada)));
    expect(decode(later[0].token).header.kid).not.toBe(decode(ada.token).header.kid);
    for (const { token } of [ada, ...later]) {
      expect(await Promise.all(instances.map((service) => statusFor(service, { token })))).toEqual([200, 200]);
    }
  });
});
