import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { atOnce } from '../support/credentials.js';
import { queryDirectly } from '../support/direct-query.js';
import { newAddress, signUp } from '../support/people.js';
import { statusFor } from '../support/sessions.js';
import { TEST_SETTINGS } from '../support/start-app.js';
import { killProcesses, launch, program, runProcess, ServerProcess, startProcess } from '../support/start-process.js';
import { TcpGate } from '../support/tcp-gate.js';
import { createMigratedDatabase, isSqlite, TestDatabase } from '../support/test-database.js';
import { TestMailbox } from '../support/test-mailbox.js';

const SECRET = 'a secret of production, 32 characters and more';

async function verify({ api }: ServerProcess, email: string, code: string): Promise<number> {
  return (await api.post('/auth/verify-email', { email, code })).status;
}

describe('The built server', () => {
  let database: TestDatabase;
  let mailbox: TestMailbox;
  let folder: string;

  beforeEach(async () => {
    folder = mkdtempSync(joinPath(tmpdir(), 'talkstack-process-'));
    database = await createMigratedDatabase();
    mailbox = new TestMailbox();
    await mailbox.open();
  });
  afterEach(async () => {
    killProcesses();
    await mailbox.close();
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  it('with a wrong APP_SECRET says so in one line, and leaves no line of its log unwritten', async () => {
    const settings = { ...TEST_SETTINGS, DATABASE_URL: database.url, LOG_LEVEL: 'debug' };
    await (await startProcess(settings, folder)).stop();
    const strange = { ...settings, APP_SECRET: 'another secret that nobody told this service' };
    const { code, output } = await runProcess(program('main'), [], strange, folder);
    expect(code).toBe(1);
    expect(output).toContain('Talkstack server starts');
    expect(output.split('\n').filter((line) => !line.startsWith('{'))).toEqual([
      expect.stringMatching(/^APP_SECRET is not the secret of this database\./),
    ]);
  });

  it('killed amid signups has lost none that it answered, and none is half there', async () => {
    const settings = { DATABASE_URL: database.url, SMTP_URL: mailbox.url };
    const before = await startProcess(settings, folder);
    const acknowledged: { email: string; token: string }[] = [];
    await atOnce(80, async () => {
      const email = newAddress();
      const answer = await signUp(before, email).catch(() => undefined);
      if (answer?.status === 200) acknowledged.push({ email, token: answer.body.token });
      if (acknowledged.length === 20) before.signal('SIGKILL');
    });
    expect(await before.exit).toMatchObject({ signal: 'SIGKILL' });
    expect(acknowledged.length).toBeLessThan(80);

    const halves = await queryDirectly(
      database,
      `SELECT a.email FROM signup_attempts a
       LEFT JOIN sessions s ON s.attempt_id = a.id
       LEFT JOIN letters l ON l.recipient = a.email
       LEFT JOIN audit_events e ON e.email = a.email
       GROUP BY a.email HAVING COUNT(s.id) <> 1 OR COUNT(l.id) <> 1 OR COUNT(e.id) <> 1`,
    );
    expect(halves).toEqual([]);
    const strays = 'SELECT id FROM sessions WHERE attempt_id NOT IN (SELECT id FROM signup_attempts)';
    expect(await queryDirectly(database, strays)).toEqual([]);

    // As if the minute had passed for which the killed worker had leased its letters.
    await queryDirectly(database, 'UPDATE letters SET leased_until = NULL, next_try_at = created_at');
    const after = await startProcess(settings, folder);
    for (const { email, token } of acknowledged) {
      expect(await verify(after, email, await mailbox.nextCode(email))).toBe(200);
      expect(await statusFor(after, { token })).toBe(200);
    }
  });

  // No database has a part in these.
  if (isSqlite()) {
    it('greets with the address of Swagger UI and of the development mailbox', async () => {
      const server = await startProcess({ NODE_ENV: 'development', DATABASE_URL: database.url }, folder);
      const [, docs] = /Swagger UI +(\S+)/.exec(await server.line(/Swagger UI/)) ?? [];
      const [, mail] = /Development mailbox +(\S+)/.exec(await server.line(/Development mailbox/)) ?? [];
      expect(docs).toBe(`http://localhost:${server.port}/docs`);
      expect((await fetch(docs)).status).toBe(200);
      await signUp(server, 'ada@example.com');
      expect(await (await fetch(`${mail}/latest?to=ada@example.com`)).text()).toMatch(/\b\d{6}\b/);
      expect(await server.stop()).toMatchObject({ code: 0 });
    });

    it('does not start with wrong settings: it names all of them, but no value, and exits with 1', async () => {
      const settings = { NODE_ENV: 'production', PORT: 'eighty', APP_SECRET: 'too short', MAIL_FROM: 'nobody-at-all' };
      const { code, output } = await runProcess(program('main'), [], settings, folder);
      expect(code).toBe(1);
      const [first, ...faults] = output.split('\n');
      expect(first).toBe('The service cannot start, these settings are wrong:');
      const names = faults.map((fault) => /^ {2}- (\w+) must /.exec(fault)?.[1]);
      expect(names.sort()).toEqual(['APP_SECRET', 'MAIL_FROM', 'PORT', 'PUBLIC_URL', 'SMTP_URL']);
      expect(output).not.toMatch(/eighty|too short|nobody/);
    });

    it('in production has no development mailbox and no browser phone, and writes nothing but JSON lines', async () => {
      const settings = { NODE_ENV: 'production', HOST: '127.0.0.1', APP_SECRET: SECRET, SMTP_URL: mailbox.url };
      const quick = { ARGON2_MEMORY_KIB: '7168' };
      const server = await startProcess({ ...settings, ...quick, DATABASE_URL: database.url }, folder);
      for (const path of ['/dev/mail', '/dev/phone', '/dev/phone/page.js']) {
        expect([path, (await server.api.get(path)).status]).toEqual([path, 404]);
      }
      const email = newAddress();
      expect((await signUp(server, email)).status).toBe(200);
      expect(await verify(server, email, await mailbox.nextCode(email))).toBe(200);
      const { code, output } = await server.stop();
      expect(code).toBe(0);
      for (const line of output.split('\n')) expect(JSON.parse(line)).toMatchObject({ level: expect.any(Number) });
    });
  }

  if (!isSqlite()) {
    it('waits for a database that starts after it', async () => {
      const gate = new TcpGate(new URL(database.url));
      await gate.open();
      await gate.shut();
      const settings = { ...TEST_SETTINGS, DATABASE_URL: gate.url };
      const { child, output, exit } = launch(program('main'), [], settings, folder);
      const waiting = await output.find(/does not answer yet/);
      expect(JSON.parse(waiting)).toMatchObject({ level: 40, context: 'Database' });
      await gate.open();
      await output.find(/listens on/);
      child.kill();
      expect(await exit).toMatchObject({ code: 0 });
      await gate.shut();
    });
  }
});
