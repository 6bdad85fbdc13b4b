import { createHash, randomBytes } from 'node:crypto';
import { createConnection } from 'mysql2/promise';
import { v7 as uuid } from 'uuid';
import { SqliteConnection } from '../src/database/sqlite-connection.js';

const BATCH = 1000;
const NOW = '2026-01-01 00:00:00.000';
const FAR = '2099-01-01 00:00:00.000';

type Row = (string | number | null)[];

const TABLES: Record<string, string> = {
  users: 'id, email, name, password_hash, company_name, active_project, created_at, updated_at',
  sessions:
    'id, user_id, attempt_id, generation, refresh_hash, previous_refresh_hash, rotation_nonce, user_agent, network, created_at, rotated_at, expires_at',
  api_keys: 'id, user_id, key_hash, prefix, created_at, last_used_at, expires_at',
  projects:
    'id, user_id, name, name_key, description, call_status_webhook, active_agent, created_at, updated_at, deleted_at',
  agents: 'id, user_id, project_id, name, system_instruction, voice_id, created_at, updated_at',
};

function projectRow(id: string, userId: string, number: number): Row {
  const nameKey = createHash('sha256').update(`filler ${number}`).digest('hex');
  return [id, userId, `Filler ${number}`, nameKey, 'Filler', null, null, NOW, NOW, null];
}

/** A user with a session, an API key, a project and an agent, as the service would have written them. */
function userRows(number: number): Record<string, Row> {
  const [id, projectId] = [uuid(), uuid()];
  const hash = (text: string) => createHash('sha256').update(`${text}${number}`).digest('hex');
  return {
    users: [id, `filler.${number}@example.com`, 'Filler', hash('password'), null, null, NOW, NOW],
    sessions: [uuid(), id, null, 0, hash('refresh'), null, '', 'bench', '127.0.0.0/24', NOW, NOW, FAR],
    api_keys: [uuid(), id, hash('key'), randomBytes(4).toString('hex'), NOW, null, null],
    projects: projectRow(projectId, id, number),
    agents: [uuid(), id, projectId, 'Filler', 'You answer the phone. Greet {{name}}.', null, NOW, NOW],
  };
}

/** Writes the rows that `make` gives for the numbers from `from` to `to`, past the service: through it, a million would take hours. */
async function fill(
  url: string,
  from: number,
  to: number,
  make: (number: number) => Record<string, Row>,
): Promise<void> {
  const write = await writer(url);
  for (let start = from; start < to; start += BATCH) {
    const made = Array.from({ length: Math.min(BATCH, to - start) }, (_, i) => make(start + i));
    for (const table of Object.keys(made[0])) {
      const one = `(${made[0][table].map(() => '?').join(', ')})`;
      const statement = `INSERT INTO ${table} (${TABLES[table]}) VALUES ${made.map(() => one).join(', ')}`;
      await write.rows(
        statement,
        made.flatMap((rows) => rows[table]),
      );
    }
  }
  await write.end();
}

async function writer(url: string) {
  if (url.startsWith('sqlite:')) {
    const database = new SqliteConnection(url.slice('sqlite:'.length), { timeout: 60_000 });
    return {
      rows: async (statement: string, values: Row) => void database.prepare(statement).run(...values),
      end: async () => {
        database.pragma('wal_checkpoint(TRUNCATE)');
        database.close();
      },
    };
  }
  const connection = await createConnection({ uri: url.replace(/^mariadb:/, 'mysql:') });
  return {
    rows: async (statement: string, values: Row) => void (await connection.query(statement, values)),
    end: async () => {
      const tables = Object.keys(TABLES).join();
      await connection.query(`ANALYZE TABLE ${tables}`);
      // Writes every page of theirs to disk first: what is measured next is not to wait for that.
      await connection.query(`FLUSH TABLES ${tables} FOR EXPORT`);
      await connection.query('UNLOCK TABLES');
      await connection.end();
    },
  };
}

/** Adds users number `from` to `to`, each with what users have. */
export function fillUsers(url: string, from: number, to: number): Promise<void> {
  return fill(url, from, to, userRows);
}

/** Adds so many projects to a user. */
export function fillProjects(url: string, userId: string, count: number): Promise<void> {
  return fill(url, 0, count, (number) => ({ projects: projectRow(uuid(), userId, number) }));
}
