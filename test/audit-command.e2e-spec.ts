import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { alter } from './support/codes.js';
import { join, Person } from './support/people.js';
import { logIn } from './support/sessions.js';
import { TIME } from './support/shapes.js';
import { startApp, TestApp } from './support/start-app.js';
import { program, runProcess } from './support/start-process.js';
import { isSqlite } from './support/test-database.js';

const HOUR_MS = 3600_000;

let service: TestApp;
let folder: string;
let ada: Person;
let bob: Person;

beforeAll(async () => {
  folder = mkdtempSync(joinPath(tmpdir(), 'talkstack-audit-'));
  service = await startApp();
  [ada, bob] = [await join(service), await join(service)];
  await logIn(service, { ...ada, password: 'wrong' });
  service.clock.advance(HOUR_MS);
  const { body } = await logIn(service, ada);
  await service.api.as(body).post('/auth/logout');
});
afterAll(async () => {
  await service?.close();
  rmSync(folder, { recursive: true });
});

/** Runs the command as `npm run audit` does. */
function audit(args: string[], url = service.database.url) {
  return runProcess(program('audit-log'), args, { NODE_ENV: 'test', DATABASE_URL: url }, folder);
}

/** The events that the command prints. */
async function printed(...args: string[]): Promise<Record<string, string | null>[]> {
  const { code, output } = await audit(args);
  if (code !== 0) throw new Error(output);
  return output === '' ? [] : output.split('\n').map((line) => JSON.parse(line));
}

const typesOf = (events: { type?: string | null }[]) => events.map(({ type }) => type);

const ADAS_STORY = ['signed-up', 'email-verified', 'login-failed', 'logged-in', 'logged-out'];

describe('The command that shows the audit log', () => {
  it('prints every event, oldest first, one JSON object a line', async () => {
    const events = await printed();
    expect(typesOf(events)).toEqual([
      ...['signed-up', 'email-verified', 'signed-up', 'email-verified'],
      ...['login-failed', 'logged-in', 'logged-out'],
    ]);
    expect(events[1]).toEqual({
      id: expect.any(String),
      at: TIME,
      type: 'email-verified',
      userId: expect.any(String),
      email: ada.email,
      network: '127.0.0.0/24',
      requestId: expect.any(String),
    });
  });

  it('shows one person by the address, however it is spelt, with the events that know only who it was', async () => {
    const events = await printed('--email', ` ${ada.email.toUpperCase()} `);
    expect(typesOf(events)).toEqual(ADAS_STORY);
    expect(typesOf(await printed('--email', bob.email))).toEqual(['signed-up', 'email-verified']);
    expect(await printed('--email', 'nobody@example.com')).toEqual([]);
  });

  it('shows one type, what happened since a moment, and the newest only', async () => {
    expect(await printed('--type', 'email-verified')).toMatchObject([{ email: ada.email }, { email: bob.email }]);
    const { at } = (await printed('--type', 'logged-in'))[0];
    expect(typesOf(await printed('--since', String(at)))).toEqual(['logged-in', 'logged-out']);
    expect(typesOf(await printed('--limit', '3', '--email', ada.email))).toEqual(ADAS_STORY.slice(-3));
    expect(await printed('--since', '2999-01-01')).toEqual([]);
  });

  // What is judged before the database is opened is judged once.
  const refusals: [string[], string][] = [
    [['--since', '2026-02-31'], '--since'],
    [['--type', 'logged-on'], '--type takes one of signed-up, email-verified, '],
    [['--email', ''], '--email'],
    [['--user', 'ada'], '--user'],
  ];
  it.each(isSqlite() ? refusals : refusals.slice(0, 1))(
    'refuses %j: it says why and how it is used, and exits with 1',
    async (args, reason) => {
      const { code, output } = await audit(args);
      const [why, ...usage] = output.split('\n');
      expect(code).toBe(1);
      expect(why).toContain(reason);
      expect(usage.at(-1)).toMatch(/^Usage: npm run audit -- /);
      expect(output).not.toContain('requestId');
    },
  );

  it('refuses wrong settings, and ends', async () => {
    expect(await audit([], 'mongodb://127.0.0.1/talkstack')).toMatchObject({
      code: 1,
      output: expect.stringContaining('DATABASE_URL'),
    });
  });
});

async function leavesABackupAsItIs(): Promise<void> {
  const backup = joinPath(folder, 'backup.db');
  await service.query(`VACUUM INTO '${backup}'`);
  const before = readFileSync(backup);
  expect((await audit([], `sqlite:${backup}`)).output.split('\n')).toHaveLength(7);
  expect(readFileSync(backup).equals(before)).toBe(true);
  const files = readdirSync(folder);
  const missing = `sqlite:${joinPath(folder, 'new', 'talkstack.db')}`;
  expect(await audit([], missing)).toMatchObject({ code: 1, output: expect.stringContaining('no database') });
  expect(readdirSync(folder)).toEqual(files);
}

async function needsOnlyToRead(): Promise<void> {
  const url = new URL(service.database.url);
  const [name, database] = [`reader_${Date.now()}`, url.pathname.slice(1)];
  await alter(service, `CREATE USER ${name}@'%' IDENTIFIED BY 'read only'`);
  try {
    await alter(service, `GRANT SELECT ON ${database}.* TO ${name}@'%'`);
    [url.username, url.password] = [name, 'read only'];
    expect((await audit([], url.href)).output.split('\n')).toHaveLength(7);
  } finally {
    await alter(service, `DROP USER ${name}@'%'`);
  }
}

describe('The command changes nothing:', () => {
  if (isSqlite()) it('a backup stays as it is to the byte, and no database is made', leavesABackupAsItIs);
  else it('a database user that may only read is enough', needsOnlyToRead);
});
