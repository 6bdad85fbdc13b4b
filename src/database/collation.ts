import { DataSource, QueryRunner } from 'typeorm';

/** A collation that compares bytes, so that case, accents and trailing spaces of ids, hashes and tokens count. */
function binaryCollation({ options }: DataSource): string {
  return options.type === 'mariadb' ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin';
}

/** Makes it the default collation of new tables. */
export async function useBinaryCollation(runner: QueryRunner): Promise<void> {
  if (runner.dataSource.options.type === 'better-sqlite3') return;
  const collation = binaryCollation(runner.dataSource);
  const rows = (await runner.query(
    'SELECT DEFAULT_COLLATION_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = DATABASE()',
  )) as { name: string }[];
  if (rows[0]?.name === collation) return;
  await runner.query(`ALTER DATABASE CHARACTER SET utf8mb4 COLLATE ${collation}`);
}

/** Throws when one of our tables has another collation: different ids or hashes could be equal to the database. */
export async function checkCollation(dataSource: DataSource): Promise<void> {
  if (dataSource.options.type === 'better-sqlite3') return;
  const collation = binaryCollation(dataSource);
  const tables = new Set(dataSource.entityMetadatas.map(({ tableName }) => tableName));
  const rows = await dataSource.query<{ name: string }[]>(
    `SELECT DISTINCT TABLE_NAME AS name FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND COLLATION_NAME IS NOT NULL AND COLLATION_NAME <> '${collation}'`,
  );
  const wrong = rows.map(({ name }) => name).filter((name) => tables.has(name));
  if (wrong.length === 0) return;
  const remedy = `ALTER TABLE … CONVERT TO CHARACTER SET utf8mb4 COLLATE ${collation}`;
  throw new Error(`These tables need the collation ${collation} (${remedy}): ${wrong.join(', ')}`);
}
