import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { queryDirectly } from '../support/direct-query.js';
import { newAddress, signUp } from '../support/people.js';
import { TEST_SETTINGS } from '../support/start-app.js';
import { killProcesses, program, runProcess, ServerProcess, startProcess } from '../support/start-process.js';
import { createTestDatabase, isSqlite, TestDatabase } from '../support/test-database.js';

jest.setTimeout(120_000);

let database: TestDatabase;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(joinPath(tmpdir(), 'talkstack-backup-'));
  database = await createTestDatabase();
});
afterEach(async () => {
  killProcesses();
  await database.drop();
  rmSync(folder, { recursive: true });
});

const start = () => startProcess({ DATABASE_URL: database.url }, folder);
const run = (command: string, args: string[]) =>
  runProcess(program(command), args, { DATABASE_URL: database.url }, folder);

/** Signs people up for as long as it is told to, and returns the addresses of those who were answered. */
async function keepSigningUp(server: ServerProcess, isOver: () => boolean): Promise<string[]> {
  const answered: string[] = [];
  while (!isOver()) {
    const email = newAddress();
    if ((await signUp(server, email)).status === 200) answered.push(email);
  }
  return answered;
}

async function addresses(): Promise<string[]> {
  return (await queryDirectly(database, 'SELECT email FROM signup_attempts')).map(({ email }) => email);
}

describe('A version of the service', () => {
  it('refuses to start on tables that a newer version has changed, and says which', async () => {
    expect(await run('migrate', ['up'])).toMatchObject({ code: 0 });
    await queryDirectly(database, "INSERT INTO migrations (timestamp, name) VALUES (1999, 'FromTheFuture1999')");
    const settings = { ...TEST_SETTINGS, DATABASE_URL: database.url };
    const { code, output } = await runProcess(program('main'), [], settings, folder);
    expect(code).toBe(1);
    expect(output).toMatch(/^The database was changed by a newer version \(FromTheFuture1999\)/m);
  });
});

if (isSqlite()) {
  describe('A backup', () => {
    const fileOfDatabase = () => database.url.replace('sqlite:', '');

    it('copies all that was acknowledged before, while the service writes, and can be restored', async () => {
      const server = await start();
      const before = newAddress();
      await signUp(server, before);
      let isOver = false;
      const during = keepSigningUp(server, () => isOver);
      expect(await run('backup', ['one.db'])).toMatchObject({ code: 0, output: expect.stringContaining('APP_SECRET') });
      isOver = true;
      const [answered, after] = [await during, newAddress()];
      await signUp(server, after);
      expect(statSync(joinPath(folder, 'one.db')).mode & 0o777).toBe(0o600);
      expect(await run('backup', ['one.db'])).toMatchObject({ code: 1 });
      expect(await run('restore', ['one.db'])).toMatchObject({ code: 1, output: expect.stringContaining('Stop it') });
      await server.stop('SIGKILL');

      expect(await run('restore', ['one.db'])).toMatchObject({ code: 0 });
      const restored = await addresses();
      expect(restored).toContain(before);
      expect(restored).not.toContain(after);
      expect([...answered, before]).toEqual(expect.arrayContaining(restored));
      const kept = readdirSync(joinPath(fileOfDatabase(), '..')).find((name) => name.includes('.before-restore-'));
      expect(kept).toBeDefined();
      const again = await start();
      expect((await signUp(again, after)).status).toBe(200);
    });

    it('is not restored from what is no database of the service, and nothing is touched then', async () => {
      await run('migrate', ['up']);
      writeFileSync(
        joinPath(folder, 'text.db'),
        'no database at all, but long enough to have a header of one'.repeat(20),
      );
      copyFileSync(fileOfDatabase(), joinPath(folder, 'cut.db'));
      writeFileSync(joinPath(folder, 'empty.db'), '');
      for (const name of ['text.db', 'empty.db', 'missing.db']) {
        const { code, output } = await run('restore', [name]);
        expect({ code, lines: output.split('\n').length }).toEqual({ code: 1, lines: 1 });
      }
      expect(existsSync(joinPath(folder, 'missing.db'))).toBe(false);
      expect(await addresses()).toEqual([]);
    });
  });

  describe('The server', () => {
    it('refuses to serve a SQLite file that another process serves, until that one has ended', async () => {
      const first = await start();
      const settings = { ...TEST_SETTINGS, DATABASE_URL: database.url };
      const { code, output } = await runProcess(program('main'), [], settings, folder);
      expect(code).toBe(1);
      expect(output).toMatch(/^Another process serves the database .*test\.db: SQLite carries one\. .*$/);
      await first.stop('SIGKILL');
      expect((await (await start()).api.get('/health/ready')).status).toBe(200);
      const { mode } = statSync(database.url.replace('sqlite:', ''));
      expect(mode & 0o777).toBe(0o600);
    });
  });
} else {
  describe('A backup', () => {
    it('of MariaDB is left to the server’s own command, which is named in one line', async () => {
      const { code, output } = await run('backup', ['one.sql']);
      expect({ code, output }).toEqual({ code: 1, output: expect.stringMatching(/^On MariaDB .*mariadb-dump.*$/) });
      expect(readdirSync(folder)).toEqual([]);
    });
  });
}
