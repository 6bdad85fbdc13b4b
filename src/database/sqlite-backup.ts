import { DataSource } from 'typeorm';
import { OperatorError } from '../common/operator-error.js';
import { refuseNewerSchema } from './schema-version.js';

/** Makes a consistent copy of a SQLite database during writes. A plain copy of the file would lack what is in the write-ahead log. */
export async function copyDatabase(source: string, target: string): Promise<void> {
  const { SqliteConnection } = await import('./sqlite-connection.js');
  const connection = new SqliteConnection(source, { readonly: true });
  try {
    connection.prepare('VACUUM INTO ?').run(target);
  } finally {
    connection.close();
  }
}

/** Throws OperatorError unless the file is an undamaged database of the service. */
export async function checkDatabaseFile(file: string): Promise<void> {
  const { SqliteConnection } = await import('./sqlite-connection.js');
  const connection = new SqliteConnection(file, { readonly: true });
  try {
    const result = connection.pragma('integrity_check', { simple: true });
    if (result !== 'ok') throw new OperatorError(`The database ${file} is damaged: ${String(result)}`);
    const isOurs = connection.prepare("SELECT 1 FROM sqlite_master WHERE name = 'migrations'").get() !== undefined;
    if (!isOurs) throw new OperatorError(`${file} is no database of this service.`);
  } catch (error) {
    if ((error as { code?: string }).code !== 'SQLITE_NOTADB') throw error;
    throw new OperatorError(`${file} is no database of this service.`);
  } finally {
    connection.close();
  }
}

/** Throws OperatorError when a newer build made the file. */
export async function refuseNewerFile(dataSource: DataSource): Promise<void> {
  await dataSource.initialize();
  try {
    await refuseNewerSchema(dataSource);
  } finally {
    await dataSource.destroy();
  }
}
