import { Logger } from '@nestjs/common';
import { DataSource, MigrationInterface } from 'typeorm';
import { DatabaseOptions, databaseOptions } from '../../src/database/database-options.js';
import { migrate } from '../../src/database/migrate.js';
import { MIGRATIONS } from '../../src/database/migrations/index.js';
import { SCHEMA } from '../../src/schema.js';
import { DatabaseSettings } from '../../src/database/database.settings.js';
import { loadServiceSettings } from '../../src/settings.js';
import { User } from '../../src/users/user.entity.js';
import { built, program, runProcess } from '../support/start-process.js';
import { createTestDatabase, isSqlite, TestDatabase } from '../support/test-database.js';

const NAMES = MIGRATIONS.map((migration) => new migration().name);

class Interrupted implements MigrationInterface {
  readonly name = 'Interrupted1999999999999';

  up(): Promise<void> {
    return Promise.reject(new Error('Something came between'));
  }

  async down(): Promise<void> {}
}

describe('Migrations', () => {
  let database: TestDatabase;
  let options: DatabaseOptions;
  let opened: DataSource | undefined;

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(async () => {
    database = await createTestDatabase();
    options = await databaseOptions(loadServiceSettings({ DATABASE_URL: database.url }).get(DatabaseSettings), SCHEMA);
  });
  afterEach(async () => {
    await opened?.destroy();
    opened = undefined;
    await database.drop();
  });

  const dataSource = async () => (opened ??= await new DataSource(options).initialize());
  const applied = async () => {
    const rows = await (await dataSource()).query<{ name: string }[]>('SELECT name FROM migrations ORDER BY id');
    return rows.map(({ name }) => name);
  };
  const differences = async () => {
    const { upQueries } = await (await dataSource()).driver.createSchemaBuilder().log();
    return upQueries.map(({ query }) => query);
  };

  it('make exactly the tables that the entities describe', async () => {
    await migrate(options);
    expect(await differences()).toEqual([]);
  });

  it('can all be taken back, and applied again', async () => {
    await migrate(options);
    for (let left = NAMES.length; left > 0; left -= 1) await migrate(options, 'down');
    expect(await applied()).toEqual([]);
    for (const { tableName } of (await dataSource()).entityMetadatas) {
      await expect(opened?.query(`SELECT 1 FROM ${tableName}`)).rejects.toThrow();
    }
    await migrate(options);
    expect(await differences()).toEqual([]);
  });

  it('are applied once each when ten instances start together', async () => {
    await Promise.all(Array.from({ length: 10 }, () => migrate(options)));
    expect(await applied()).toEqual(NAMES);
    expect(await differences()).toEqual([]);
  });

  it('stop at one that fails, and go on from there at the next start', async () => {
    const failing = { ...options, migrations: [...MIGRATIONS.slice(0, 3), Interrupted] };
    await expect(migrate(failing)).rejects.toThrow('Something came between');
    // SQLite takes the whole start back; the other databases commit each table on its own.
    const kept = await applied().catch(() => []);
    expect(kept).toEqual(isSqlite() ? [] : NAMES.slice(0, 3));
    await migrate(options);
    expect(await applied()).toEqual(NAMES);
    expect(await differences()).toEqual([]);
  });

  it('tell ids, hashes and addresses apart by every byte', async () => {
    await migrate(options);
    const users = (await dataSource()).getRepository(User);
    const texts = ['ada', 'Ada', 'ADA', 'àda', 'ada ', 'ada\u0301', 'a\u030ada', '\u00e5da'];
    const at = new Date();
    const rest = {
      name: 'Ada',
      passwordHash: '',
      companyName: null,
      activeProject: null,
      createdAt: at,
      updatedAt: at,
    };
    for (const text of texts) await users.insert({ id: text, email: text, ...rest });
    for (const text of texts) {
      expect((await users.findBy({ id: text })).map(({ id }) => id)).toEqual([text]);
      expect((await users.findBy({ email: text })).map(({ id }) => id)).toEqual([text]);
    }
  });

  it('are shown by TypeORM’s command line, applied and reverted by npm scripts, on the built files', async () => {
    const settings = { NODE_ENV: 'test', DATABASE_URL: database.url };
    const up = await runProcess(program('migrate'), ['up'], settings, '.');
    expect(up).toMatchObject({ code: 0, output: expect.stringContaining('All migrations are applied') });
    const down = await runProcess(program('migrate'), ['down'], settings, '.');
    expect(down).toMatchObject({ code: 0, output: expect.stringContaining('The last migration is reverted') });
    const cli = ['migration:show', '-d', built('ormconfig.js')];
    const { output } = await runProcess('node_modules/typeorm/cli.js', cli, settings, '.');
    for (const name of NAMES.slice(0, -1)) expect(output).toMatch(new RegExp(`\\[X\\] \\d+ ${name}`));
    expect(output).toContain(`[ ] ${NAMES.at(-1)}`);
  });

  it('of a wrong DATABASE_URL say so, without a stack', async () => {
    const { code, output } = await runProcess(program('migrate'), ['up'], { DATABASE_URL: 'nonsense' }, '/');
    expect(code).toBe(1);
    expect(output).toMatch(/^These settings are wrong: DATABASE_URL must be .*$/);
  });

  if (!isSqlite()) {
    it('repair one that was cut off between its table and its row', async () => {
      await migrate(options);
      const [, second, third] = NAMES;
      await (await dataSource()).query(`DELETE FROM migrations WHERE name IN ('${second}', '${third}')`);
      await migrate(options);
      expect((await applied()).sort()).toEqual([...NAMES].sort());
      expect(await differences()).toEqual([]);
    });

    it('of TypeORM’s command line make tables in which every byte counts, and a start refuses others', async () => {
      const settings = { NODE_ENV: 'test', DATABASE_URL: database.url };
      const cli = ['migration:run', '-d', built('ormconfig.js')];
      expect(await runProcess('node_modules/typeorm/cli.js', cli, settings, '.')).toMatchObject({ code: 0 });
      await migrate(options);
      expect(await differences()).toEqual([]);
      await opened?.query('ALTER TABLE counters CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci');
      await expect(migrate(options)).rejects.toThrow(/collation utf8mb4_nopad_bin .*: counters$/);
    });

    it.each(['mysql', 'mariadb'])('take the database’s kind from the server, not from %s://', async (scheme) => {
      const url = database.url.replace(/^\w+:/, `${scheme}:`);
      options = await databaseOptions(loadServiceSettings({ DATABASE_URL: url }).get(DatabaseSettings), SCHEMA);
      expect(options.type).toBe('mariadb');
      await migrate(options);
      expect(await differences()).toEqual([]);
    });
  }
});
