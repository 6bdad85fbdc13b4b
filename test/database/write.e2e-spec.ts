import { createHash } from 'node:crypto';
import { getRepositoryToken } from '@nestjs/typeorm';
import { createConnection } from 'mysql2/promise';
import { Repository } from 'typeorm';
import { Database } from '../../src/database/database.js';
import { SqliteConnection } from '../../src/database/sqlite-connection.js';
import { Transaction } from '../../src/database/transaction.js';
import { User } from '../../src/users/user.entity.js';
import { ApiAnswer } from '../support/api-client.js';
import { alter, allLettersTried } from '../support/codes.js';
import { atOnce } from '../support/credentials.js';
import { join, newAddress, PASSWORD, Person, signUp } from '../support/people.js';
import { userRow } from '../support/rows.js';
import { startApp, TestApp } from '../support/start-app.js';
import { isSqlite } from '../support/test-database.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Makes the last write of every unit of work fail whose audit event is about an address that begins with "unlucky". */
const UNLUCKY = isSqlite()
  ? `CREATE TRIGGER unlucky BEFORE INSERT ON audit_events WHEN NEW.email LIKE 'unlucky%'
     BEGIN SELECT RAISE(ABORT, 'unlucky'); END`
  : `CREATE TRIGGER unlucky BEFORE INSERT ON audit_events FOR EACH ROW
     IF NEW.email LIKE 'unlucky%' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'unlucky'; END IF`;

describe('Writing to the database', () => {
  let service: TestApp;
  let database: Database;
  beforeAll(async () => {
    service = await startApp();
    database = service.app.get(Database);
  });
  afterAll(() => service.close());

  const rows = (table: string, where: string) => service.query(`SELECT * FROM ${table} WHERE ${where}`);
  const count = async (table: string, where: string) => (await rows(table, where)).length;
  const statuses = (answers: ApiAnswer[]) => [...new Set(answers.map(({ status }) => status))];

  describe('at 100 requests at once, some failing half way', () => {
    let people: Person[];
    let signups: ApiAnswer[], unlucky: ApiAnswer[], logins: ApiAnswer[], wrong: ApiAnswer[];
    let refreshes: ApiAnswer[], forgotten: ApiAnswer[], keys: ApiAnswer[];

    beforeAll(async () => {
      people = await atOnce(10, () => join(service));
      await alter(service, UNLUCKY);
      const { api } = service;
      const each = (work: (person: Person) => Promise<ApiAnswer>) => Promise.all(people.map(work));
      [signups, unlucky, logins, wrong, refreshes, forgotten, keys] = await Promise.all([
        atOnce(25, () => signUp(service)),
        atOnce(25, () => signUp(service, newAddress('unlucky'))),
        each(({ email }) => api.post('/auth/login', { email, password: PASSWORD })),
        each(({ email }) => api.post('/auth/login', { email, password: 'not the password' })),
        each(({ refreshToken }) => api.post('/auth/refresh-token', { refreshToken })),
        each(({ email }) => api.post('/auth/forgot-password', { email })),
        each(({ token }) => api.as({ token }).get('/user/generate-apikey')),
      ]);
      await alter(service, 'DROP TRIGGER unlucky');
      await allLettersTried(service);
    });

    it('answers each one rightly', () => {
      const all = { signups, unlucky, logins, wrong, refreshes, forgotten, keys };
      const answered = Object.entries(all).map(([name, answers]) => [name, statuses(answers)]);
      expect(Object.fromEntries(answered)).toEqual({
        signups: [200],
        unlucky: [500],
        logins: [200],
        wrong: [401],
        refreshes: [200],
        forgotten: [200],
        keys: [200],
      });
    });

    it('keeps every signup with its session, its letter and its event', async () => {
      for (const { body } of signups) {
        const [attempt, ...others] = await rows('signup_attempts', `email = '${body.user.email}'`);
        expect(others).toEqual([]);
        const [session] = await rows('sessions', `attempt_id = '${attempt.id}'`);
        expect(session.refresh_hash).toBe(sha256(body.refreshToken));
        expect(await count('letters', `recipient = '${body.user.email}' AND state = 'sent'`)).toBe(1);
        expect(await count('audit_events', `email = '${body.user.email}' AND type = 'signed-up'`)).toBe(1);
      }
    });

    it('keeps nothing of what failed', async () => {
      expect(await count('signup_attempts', `email LIKE 'unlucky%'`)).toBe(0);
      expect(await count('letters', `recipient LIKE 'unlucky%'`)).toBe(0);
      // The inert sessions are those of the signups that were acknowledged, no more.
      expect(await count('sessions', 'attempt_id IS NOT NULL')).toBe(signups.length);
      // One for the address, one for the address in its network.
      expect(await count('address_limits', '1 = 1')).toBe(2 * (people.length + signups.length));
    });

    it('keeps every login, refresh, reset token and API key', async () => {
      for (const { body } of [...logins, ...refreshes]) {
        expect(await count('sessions', `refresh_hash = '${sha256(body.refreshToken)}'`)).toBe(1);
      }
      for (const { email } of people) {
        expect(await count('reset_tokens', `email = '${email}'`)).toBe(1);
        const events = (await rows('audit_events', `email = '${email}'`)).map(({ type }) => type).sort();
        expect(events).toEqual(
          [
            'api-key-created',
            'email-verified',
            'logged-in',
            'login-failed',
            'password-reset-asked',
            'signed-up',
          ].sort(),
        );
        expect(await count('letters', `recipient = '${email}' AND state = 'sent'`)).toBe(3);
      }
      for (const { body } of keys) expect(await count('api_keys', `key_hash = '${sha256(body.apiKey)}'`)).toBe(1);
      expect(await count('api_keys', '1 = 1')).toBe(people.length);
    });
  });

  it('by two instances at once loses nothing', async () => {
    const second = await service.another();
    const answers = await Promise.all([atOnce(30, () => signUp(service)), atOnce(30, () => signUp(second))]);
    expect(statuses(answers.flat())).toEqual([200]);
    for (const { body } of answers.flat()) {
      expect(await count('sessions', `refresh_hash = '${sha256(body.refreshToken)}'`)).toBe(1);
    }
  });

  it('leaves nothing of a unit of work that throws, whatever wrote in it', async () => {
    await database.write(({ manager }) => manager.insert(User, userRow('before')));
    const failing = database.write(async ({ manager }) => {
      await manager.insert(User, userRow('inserted'));
      await manager.save(User, userRow('saved'));
      await manager.update(User, 'before', { name: 'changed' });
      await manager.delete(User, 'before');
      throw new Error('Changed my mind');
    });
    await expect(failing).rejects.toThrow('Changed my mind');
    expect(await rows('users', `id IN ('before', 'inserted', 'saved')`)).toMatchObject([
      { id: 'before', name: 'before' },
    ]);
    await database.write(({ manager }) => manager.save(User, userRow('saved')));
    expect(await count('users', `id = 'saved'`)).toBe(1);
  });

  it('runs what waits for the commit after it, and only then', async () => {
    const seen: number[] = [];
    const insert = async (transaction: Transaction, id: string) => {
      transaction.afterCommit(() => seen.push(1));
      await transaction.manager.insert(User, userRow(id));
      expect(seen).toEqual([]);
    };
    await expect(
      database.write(async (transaction) => {
        await insert(transaction, 'undone');
        throw new Error('Changed my mind');
      }),
    ).rejects.toThrow();
    expect(seen).toEqual([]);
    let visible: Promise<number> | undefined;
    await database.write(async (transaction) => {
      transaction.afterCommit(() => void (visible = count('users', `id = 'done'`)));
      await insert(transaction, 'done');
    });
    expect(seen).toEqual([1]);
    expect(await visible).toBe(1);
  });

  if (isSqlite()) {
    it('past a unit of work fails loudly', async () => {
      const users: Repository<User> = service.app.get(getRepositoryToken(User));
      await expect(users.insert(userRow('stray'))).rejects.toThrow('readonly');
    });

    it('waits for another process that holds the file, while reading goes on', async () => {
      const other = new SqliteConnection(service.database.url.replace('sqlite:', ''));
      other.exec('BEGIN IMMEDIATE');
      const signup = signUp(service);
      expect((await service.api.get('/health/ready')).status).toBe(200);
      other.exec('ROLLBACK');
      other.close();
      expect((await signup).status).toBe(200);
    });
  } else {
    it('goes through a deadlock: the unit of work that has to yield runs again', async () => {
      await database.write(({ manager }) => manager.insert(User, [userRow('one'), userRow('two')]));
      let runs = 0;
      let committed = 0;
      let arrived: () => void = () => undefined;
      const bothHaveOne = new Promise<void>((resolve) => (arrived = resolve));
      const lockBoth = (first: string, second: string) =>
        database.write(async (transaction) => {
          runs += 1;
          const run = runs;
          transaction.afterCommit(() => (committed += 1));
          await transaction.lock(User, { id: first });
          if (run === 2) arrived();
          if (run <= 2) await bothHaveOne;
          const row = await transaction.lock(User, { id: second });
          await transaction.manager.update(User, second, { name: `${row?.name}+` });
        });
      await Promise.all([lockBoth('one', 'two'), lockBoth('two', 'one')]);
      expect(runs).toBe(3);
      expect(committed).toBe(2);
      expect(await rows('users', `id IN ('one', 'two')`)).toMatchObject([{ name: 'one+' }, { name: 'two+' }]);
    });

    it('survives the loss of every connection: each request is answered, and no acknowledged write is lost', async () => {
      // The driver's timers of statements that were cut off would hold the test process for ten seconds.
      Object.assign(database.reader.driver.options, { enableQueryTimeout: false });
      const administrator = await createConnection(service.database.url.replace('mariadb:', 'mysql:'));
      let answered: () => void = () => undefined;
      const first = new Promise<void>((resolve) => (answered = resolve));
      const signups = atOnce(60, () => signUp(service).finally(answered));
      await first;
      const [connections] = await administrator.query(
        'SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()',
      );
      for (const { id } of connections as { id: number }[]) await administrator.query(`KILL ${id}`);
      await administrator.end();
      const answers = await signups;
      expect(statuses(answers).filter((status) => status !== 200)).toEqual([503]);
      for (const { body } of answers.filter(({ status }) => status === 200)) {
        expect(await count('sessions', `refresh_hash = '${sha256(body.refreshToken)}'`)).toBe(1);
      }
      expect((await signUp(service)).status).toBe(200);
    });
  }
});
