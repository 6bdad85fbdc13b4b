import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isBusy, isForeignKeyViolation, isUniqueViolation } from '../../src/database/database-errors.js';
import { SqliteConnection } from '../../src/database/sqlite-connection.js';
import { isSqlite } from '../support/test-database.js';

const TABLES = `
  CREATE TABLE parents (id varchar(36) PRIMARY KEY, name text UNIQUE, size integer, data blob);
  CREATE TABLE children (parent_id varchar(36) NOT NULL REFERENCES parents (id))`;
const NAMES = ['plain', '', 'a\0b', '\0', '\0a', 'a\0', '😀\0é'];

(isSqlite() ? describe : describe.skip)('a SQLite connection', () => {
  const folder = mkdtempSync(join(tmpdir(), 'talkstack-test-'));
  const file = join(folder, 'test.db');
  let connection: SqliteConnection;

  const run = (text: string, ...values: unknown[]) => connection.prepare(text).run(...values);
  const all = (text: string, ...values: unknown[]) => connection.prepare(text).all(...values);
  const failureOf = (work: () => unknown): { code?: string } => {
    try {
      work();
    } catch (error) {
      return error as { code?: string };
    }
    throw new Error('It did not fail.');
  };

  beforeEach(() => {
    connection = new SqliteConnection(file);
    connection.pragma('journal_mode = WAL');
    connection.exec(TABLES);
  });

  afterEach(() => {
    connection.close();
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it('returns plain objects, with bytes as Buffers and booleans as 1 and 0', () => {
    run('INSERT INTO parents VALUES (?, ?, ?, ?)', 'one', undefined, true, Buffer.from('a\0b'));
    const [row] = all('SELECT * FROM parents');
    expect(row).toStrictEqual({ id: 'one', name: null, size: 1, data: Buffer.from('a\0b') });
    expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
    expect(connection.prepare('SELECT data FROM parents').get()?.data).toBeInstanceOf(Buffer);
  });

  it('keeps texts with NUL whole, and finds each by the whole of it', () => {
    for (const name of NAMES) run('INSERT INTO parents (id, name) VALUES (?, ?)', `id ${name}`, name);
    for (const name of NAMES) {
      expect(all('SELECT id, name AS named FROM parents WHERE name = ?', name)).toEqual([
        { id: `id ${name}`, named: name },
      ]);
    }
    expect(all('SELECT id FROM parents WHERE id = ?', 'id plain\0')).toEqual([]);
    expect(isUniqueViolation(failureOf(() => run("INSERT INTO parents (id, name) VALUES ('x', ?)", 'a\0b')))).toBe(
      true,
    );
  });

  it.each([[{ name: 1 }], [new Date()], [[1]], [() => 1], [Symbol('s')], [NaN]])('refuses to store %p', (value) => {
    expect(() => run('INSERT INTO parents (id) VALUES (?)', value)).toThrow(TypeError);
    expect(() => all('SELECT ?', value)).toThrow(TypeError);
    expect(all('SELECT * FROM parents')).toEqual([]);
  });

  it('throws where a number cannot hold an integer', () => {
    run("INSERT INTO parents (id, size) VALUES ('big', ?)", 2n ** 53n + 1n);
    expect(() => all('SELECT size FROM parents')).toThrow('too large');
    expect(all('SELECT id FROM parents')).toEqual([{ id: 'big' }]);
  });

  it.each(['', ' RETURNING 1'])('says by its code which constraint refused a row (%j)', (returning) => {
    run("INSERT INTO parents (id, name) VALUES ('one', 'first')");
    const refused = (text: string) => failureOf(() => all(text + returning));
    expect(isUniqueViolation(refused("INSERT INTO parents (id) VALUES ('one')"))).toBe(true);
    expect(isUniqueViolation(refused("INSERT INTO parents (id, name) VALUES ('two', 'first')"))).toBe(true);
    expect(isForeignKeyViolation(refused("INSERT INTO children VALUES ('none')"))).toBe(true);
  });

  it('says by its code that another connection holds the file, and holds it no longer than it is open', () => {
    const other = new SqliteConnection(file, { timeout: 0 });
    connection.exec('BEGIN IMMEDIATE');
    expect(connection.inTransaction).toBe(true);
    expect(isBusy(failureOf(() => other.exec('BEGIN IMMEDIATE')))).toBe(true);
    expect(isBusy(failureOf(() => other.prepare('DELETE FROM parents').run()))).toBe(true);
    expect(isBusy(failureOf(() => other.prepare('DELETE FROM parents RETURNING id').all()))).toBe(true);
    other.exec('BEGIN; SELECT * FROM parents');
    other.prepare('SELECT * FROM parents').all();
    run("INSERT INTO parents (id) VALUES ('one')");
    connection.exec('COMMIT');
    expect(failureOf(() => other.prepare('DELETE FROM parents').run()).code).toBe('SQLITE_BUSY_SNAPSHOT');
    other.close();
    connection.exec('BEGIN IMMEDIATE');
    all('SELECT * FROM parents');
    connection.close();
    const next = new SqliteConnection(file, { timeout: 0 });
    next.exec('BEGIN IMMEDIATE');
    next.close();
  });

  it('opened for reading writes nothing, and makes no file', () => {
    const reader = new SqliteConnection(file, { readonly: true });
    expect(failureOf(() => reader.exec('DELETE FROM parents')).code).toBe('SQLITE_READONLY');
    reader.close();
    const missing = join(folder, 'missing.db');
    expect(failureOf(() => new SqliteConnection(missing, { readonly: true })).code).toBe('SQLITE_CANTOPEN');
    expect(existsSync(missing)).toBe(false);
  });

  it('leaves nothing in the log alone when it is closed', () => {
    run("INSERT INTO parents (id) VALUES ('the one that was written last')");
    connection.close();
    expect(readFileSync(file, 'latin1')).toContain('the one that was written last');
    expect(() => connection.prepare('SELECT 1')).toThrow('not open');
  });
});
