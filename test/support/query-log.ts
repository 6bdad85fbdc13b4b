import { DataSource, Logger } from 'typeorm';
import { Database } from '../../src/database/database.js';
import { TestApp } from './start-app.js';

function recorder(statements: string[]): Logger {
  const ignore = () => undefined;
  return {
    logQuery: (statement) => void statements.push(statement),
    logQueryError: ignore,
    logQuerySlow: ignore,
    logSchemaBuild: ignore,
    logMigration: ignore,
    log: ignore,
  };
}

/** Runs `work` and answers every statement that the instance sent to the database meanwhile. */
export async function statementsOf(service: TestApp, work: () => Promise<unknown>): Promise<string[]> {
  const database = service.app.get(Database);
  const sources = [...new Set<DataSource>([database.reader, database['writer']])];
  const before = sources.map((source) => source.logger);
  const statements: string[] = [];
  for (const source of sources) source.logger = recorder(statements);
  try {
    await work();
  } finally {
    sources.forEach((source, i) => (source.logger = before[i]));
  }
  return statements;
}

/** How the database would run a statement with these parameters, in its own words. */
export async function planOf(service: TestApp, statement: string, ...parameters: string[]): Promise<string> {
  const { isSqlite } = service.app.get(Database);
  const text = parameters.reduce((part, parameter) => part.replace('?', `'${parameter}'`), statement);
  return JSON.stringify(await service.query(`EXPLAIN ${isSqlite ? 'QUERY PLAN ' : ''}${text}`));
}
