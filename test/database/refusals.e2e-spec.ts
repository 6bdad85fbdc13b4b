import type { BetterSqlite3Driver } from 'typeorm/driver/better-sqlite3/BetterSqlite3Driver.js';
import { Database } from '../../src/database/database.js';
import { ApiAnswer } from '../support/api-client.js';
import { signUp } from '../support/people.js';
import { startApp, TestApp } from '../support/start-app.js';
import { isSqlite } from '../support/test-database.js';

function expectUnavailable({ status, body, headers }: ApiAnswer): void {
  expect({ status, code: body.code }).toEqual({ status: 503, code: 'DATABASE_UNAVAILABLE' });
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
}

describe('A database that refuses what is written', () => {
  let service: TestApp;
  beforeAll(async () => (service = await startApp()));
  afterAll(() => service.close());

  /** While it refuses: 503, alive, not ready. Afterwards all is as before. */
  async function expectRefusal(begin: () => unknown, end: () => unknown): Promise<void> {
    await begin();
    expectUnavailable(await signUp(service));
    expectUnavailable(await service.api.get('/health/ready'));
    expect((await service.api.get('/health/live')).status).toBe(200);
    await end();
    expect((await service.api.get('/health/ready')).status).toBe(200);
    expect((await signUp(service)).status).toBe(200);
  }

  if (isSqlite()) {
    const pragma = (text: string) => {
      const database: object = service.app.get(Database);
      const { driver } = (database as { writer: { driver: BetterSqlite3Driver } }).writer;
      return (driver.databaseConnection as { pragma(text: string): unknown }).pragma(text);
    };

    it('because it is read-only answers 503, and is not ready until it is not', async () => {
      await expectRefusal(
        () => pragma('query_only = 1'),
        () => pragma('query_only = 0'),
      );
    });
  } else {
    /** Makes the server say this error to whoever inserts into the table. */
    const saying = (number: number, table: string) =>
      service.query(
        `CREATE OR REPLACE TRIGGER refuse_${table} BEFORE INSERT ON ${table} FOR EACH ROW
         SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = ${number}, MESSAGE_TEXT = 'refused'`,
      );

    it('with any of its errors of a passing kind answers 503', async () => {
      const passing = [
        1, 3, 20, 28, 1021, 1026, 1030, 1036, 1037, 1040, 1041, 1044, 1045, 1047, 1053, 1114, 1142, 1180,
      ];
      passing.push(1203, 1205, 1206, 1207, 1223, 1226, 1290, 1317, 1792, 1820, 1836, 1862, 1874, 1927, 1969);
      passing.push(3019, 3024, 3032, 3118, 3159, 3168, 3169, 3989, 4151);
      for (const number of passing) {
        await saying(number, 'signup_attempts');
        const { status, body } = await signUp(service);
        expect({ number, status, code: body.code }).toEqual({ number, status: 503, code: 'DATABASE_UNAVAILABLE' });
      }
      await service.query('DROP TRIGGER refuse_signup_attempts');
    });

    it('with an error that is a fault of ours answers 500', async () => {
      await saying(1054, 'signup_attempts');
      expect((await signUp(service)).status).toBe(500);
      await service.query('DROP TRIGGER refuse_signup_attempts');
    });

    it('because its disk is full is not ready until there is room', async () => {
      await expectRefusal(
        async () => {
          await saying(1021, 'migrations');
          await saying(1021, 'signup_attempts');
        },
        async () => {
          await service.query('DROP TRIGGER refuse_migrations');
          await service.query('DROP TRIGGER refuse_signup_attempts');
        },
      );
    });
  }
});
