import { createPool, RowDataPacket } from 'mysql2/promise';
import { SqliteConnection } from '../src/database/sqlite-connection.js';

const SESSIONS = 'CREATE TABLE IF NOT EXISTS floor_sessions (id varchar(36) PRIMARY KEY, hash varchar(64))';
const USERS = 'CREATE TABLE IF NOT EXISTS floor_users (email varchar(64) PRIMARY KEY, hash varchar(255))';
const ADD_USER = 'REPLACE INTO floor_users VALUES (?, ?)';
const FIND_USER = 'SELECT hash FROM floor_users WHERE email = ?';
const OPEN = 'INSERT INTO floor_sessions VALUES (?, ?)';
const FIND_SESSION = 'SELECT hash FROM floor_sessions WHERE id = ?';
const ROTATE = 'UPDATE floor_sessions SET hash = ? WHERE id = ? AND hash = ?';

/** What is kept of users and sessions: hashes alone. */
export interface FloorStore {
  addUser(email: string, hash: string): Promise<unknown>;
  userHash(email: string): Promise<string>;
  open(id: string, hash: string): Promise<unknown>;
  sessionHash(id: string): Promise<string>;
  rotate(id: string, from: string, to: string): Promise<unknown>;
}

/** Writes that wait together share a commit, as in the service. */
function sqliteStore(file: string): FloorStore {
  const database = new SqliteConnection(file);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec(`${SESSIONS}; ${USERS}`);
  const statement = (text: string) => database.prepare(text);
  const [addUser, findUser, open, findSession, rotate] = [ADD_USER, FIND_USER, OPEN, FIND_SESSION, ROTATE].map(
    statement,
  );
  const [begin, commit] = ['BEGIN IMMEDIATE', 'COMMIT'].map(statement);
  let waiting: { write: () => unknown; done: () => void }[] = [];
  const commitTogether = (): void => {
    const turn = waiting;
    waiting = [];
    begin.run();
    for (const { write } of turn) write();
    commit.run();
    for (const { done } of turn) done();
  };
  const inTurn = (write: () => unknown) =>
    new Promise<void>((done) => {
      if (waiting.push({ write, done }) === 1) setImmediate(commitTogether);
    });
  return {
    addUser: (email, hash) => inTurn(() => addUser.run(email, hash)),
    userHash: async (email) => (findUser.get(email)?.hash ?? '') as string,
    open: (id, hash) => inTurn(() => open.run(id, hash)),
    sessionHash: async (id) => (findSession.get(id)?.hash ?? '') as string,
    rotate: (id, from, to) => inTurn(() => rotate.run(to, id, from)),
  };
}

async function mariadbStore(url: string): Promise<FloorStore> {
  const pool = createPool({ uri: url.replace(/^mariadb:/, 'mysql:'), connectionLimit: 10 });
  await pool.query(SESSIONS);
  await pool.query(USERS);
  const hash = async (text: string, key: string) =>
    String((await pool.query<RowDataPacket[]>(text, [key]))[0][0]?.hash ?? '');
  return {
    addUser: (email, userHash) => pool.query(ADD_USER, [email, userHash]),
    userHash: (email) => hash(FIND_USER, email),
    open: (id, sessionHash) => pool.query(OPEN, [id, sessionHash]),
    sessionHash: (id) => hash(FIND_SESSION, id),
    rotate: (id, from, to) => pool.query(ROTATE, [to, id, from]),
  };
}

export async function floorStore(databaseUrl: string): Promise<FloorStore> {
  return databaseUrl.startsWith('sqlite:')
    ? sqliteStore(databaseUrl.slice('sqlite:'.length))
    : mariadbStore(databaseUrl);
}
