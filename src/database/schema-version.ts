import { DataSource } from 'typeorm';
import { OperatorError } from '../common/operator-error.js';

async function appliedMigrations(dataSource: DataSource): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  try {
    if (!(await runner.hasTable('migrations'))) return [];
    const rows = (await runner.query('SELECT name FROM migrations ORDER BY id')) as { name: string }[];
    return rows.map(({ name }) => name);
  } finally {
    await runner.release();
  }
}

/** Throws OperatorError when a newer build has changed the tables: this build would write rows that the newer one cannot read. */
export async function refuseNewerSchema(dataSource: DataSource): Promise<void> {
  const known = new Set(dataSource.migrations.map(({ name }) => name));
  const unknown = (await appliedMigrations(dataSource)).filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new OperatorError(
    `The database was changed by a newer version (${unknown.join(', ')}). Start that version, or restore the backup from before the upgrade.`,
  );
}

/** Throws OperatorError unless the database has the tables of this build. For commands that run beside the service. */
export async function refuseOtherSchema(dataSource: DataSource): Promise<void> {
  await refuseNewerSchema(dataSource);
  const applied = new Set(await appliedMigrations(dataSource));
  if (dataSource.migrations.every(({ name }) => applied.has(String(name)))) return;
  throw new OperatorError(
    'The database lacks migrations of this version. Start this version, or run "npm run migrate" first.',
  );
}
