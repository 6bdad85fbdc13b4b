import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { json } from 'node:stream/consumers';
import { HttpDrain } from '../../src/operation/http-drain.js';
import { atOnce } from '../support/credentials.js';
import { queryDirectly } from '../support/direct-query.js';
import { newAddress, PASSWORD, signUp } from '../support/people.js';
import { startApp } from '../support/start-app.js';
import { killProcesses, startProcess } from '../support/start-process.js';
import { createMigratedDatabase, isSqlite, TestDatabase } from '../support/test-database.js';
import { TestMailbox } from '../support/test-mailbox.js';
import { until } from '../support/until.js';

/** A signup whose headers the server has, and whose body it waits for. */
async function signupUnderWay(port: number, agent: Agent) {
  const headers = { 'content-type': 'application/json', expect: '100-continue' };
  const sending = request({ host: '127.0.0.1', port, agent, method: 'POST', path: '/auth/signup', headers });
  sending.flushHeaders();
  await once(sending, 'continue');
  return {
    sending,
    finish: async () => {
      const email = newAddress();
      sending.end(JSON.stringify({ email, password: PASSWORD, name: 'Ada' }));
      const [answer] = (await once(sending, 'response')) as [IncomingMessage];
      return { email, status: answer.statusCode, body: (await json(answer)) as { signupStatus: number } };
    },
  };
}

function isRefused(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(!socket.destroy())).once('error', () => resolve(true));
  });
}

const untilRefused = (port: number) => until(() => isRefused(port));

describe('A process that is told to stop', () => {
  let database: TestDatabase;
  let mailbox: TestMailbox;
  let folder: string;
  let settings: Record<string, string>;
  const agent = new Agent({ keepAlive: true });

  beforeEach(async () => {
    folder = mkdtempSync(joinPath(tmpdir(), 'talkstack-shutdown-'));
    database = await createMigratedDatabase();
    mailbox = new TestMailbox();
    await mailbox.open();
    settings = { DATABASE_URL: database.url, SMTP_URL: mailbox.url };
  });
  afterEach(async () => {
    killProcesses();
    await mailbox.close();
    await database.drop();
    rmSync(folder, { recursive: true });
  });
  afterAll(() => agent.destroy());

  it('accepts no new requests, completes those under way, and exits with 0', async () => {
    const server = await startProcess(settings, folder);
    const signups = await atOnce(10, () => signupUnderWay(server.port, agent));
    server.signal('SIGTERM');
    await untilRefused(server.port);
    const answers = await Promise.all(signups.map((signup) => signup.finish()));
    for (const answer of answers) expect(answer).toMatchObject({ status: 200, body: { signupStatus: 3 } });
    expect(await server.exit).toMatchObject({ code: 0 });
    const rows = await queryDirectly(database, 'SELECT email FROM signup_attempts');
    expect(rows.map(({ email }) => email).sort()).toEqual(answers.map(({ email }) => email).sort());
  });

  it('writes the last line of its log before it ends', async () => {
    const server = await startProcess(settings, folder);
    // Nothing keeps the process once this is answered: neither a letter nor a connection.
    const { sending } = await signupUnderWay(server.port, new Agent({ keepAlive: false }));
    server.signal('SIGTERM');
    await untilRefused(server.port);
    sending.end('{}');
    const [answer] = (await once(sending, 'response')) as [IncomingMessage];
    expect(await json(answer)).toMatchObject({ code: 'CREDENTIALS_MISSING' });
    expect((await server.exit).output).toContain(`"requestId":"${String(answer.headers['x-request-id'])}"`);
  });

  it('finishes the letters that a slow mail server has in hand, and leaves the others for the next start', async () => {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    let inHand = 0;
    let all: () => void = () => undefined;
    const allInHand = new Promise<void>((resolve) => (all = resolve));
    mailbox.beforeAcknowledging = () => {
      inHand += 1;
      if (inHand === 5) all();
      return released;
    };
    const server = await startProcess(settings, folder);
    const people = (await atOnce(8, () => signUp(server))).map(({ body }) => body.user.email);
    await allInHand;
    server.signal('SIGTERM');
    // The mail server takes its time, and yet nobody is let in.
    await untilRefused(server.port);
    expect(mailbox.letters).toEqual([]);
    release();
    expect(await server.exit).toMatchObject({ code: 0 });
    expect(mailbox.letters).toHaveLength(5);

    const again = await startProcess(settings, folder);
    for (const email of people) await mailbox.next(email);
    expect(await again.stop()).toMatchObject({ code: 0 });
    expect(mailbox.letters.map(({ to }) => to).sort()).toEqual([...people].sort());
  });

  it('lets go of connections without a request, whether they had one before or not', async () => {
    const service = await startApp();
    // Nothing but the connections being let go of can end this in time.
    service.app.get(HttpDrain).graceMs = 2 ** 31 - 1;
    const port = Number(new URL(service.api.url).port);
    const silent = connect(port, '127.0.0.1');
    const asking = request({ host: '127.0.0.1', port, agent, path: '/health/live' }).end();
    const [answer] = (await once(asking, 'response')) as [IncomingMessage];
    expect(await json(answer)).toMatchObject({ status: 'success' });
    await service.close();
    silent.destroy();
  });

  it('does not wait for ever for a request that never ends', async () => {
    const service = await startApp();
    service.app.get(HttpDrain).graceMs = 1;
    const { sending } = await signupUnderWay(Number(new URL(service.api.url).port), agent);
    const cutOff = once(sending, 'error');
    await service.close();
    await cutOff;
  });

  if (!isSqlite()) {
    it('keeps no connection to the database', async () => {
      const service = await startApp();
      await atOnce(20, () => signUp(service));
      const { pathname } = new URL(service.database.url);
      await service.app.close();
      const left = `SELECT id FROM information_schema.processlist WHERE db = '${pathname.slice(1)}'`;
      expect(await queryDirectly(database, left)).toEqual([]);
      await service.close();
    });
  }
});
