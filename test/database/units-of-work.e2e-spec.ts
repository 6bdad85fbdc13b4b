import { Database } from '../../src/database/database.js';
import { User } from '../../src/users/user.entity.js';
import { makeApiKey } from '../support/credentials.js';
import { join } from '../support/people.js';
import { userRow } from '../support/rows.js';
import { startApp, TestApp } from '../support/start-app.js';
import { isSqlite } from '../support/test-database.js';

const UNITS = 100;

describe('A hundred units of work at once', () => {
  let service: TestApp;
  beforeAll(async () => (service = await startApp()));
  afterAll(() => service.close());

  const failsHalfWay = (unit: number) => unit % 3 === 0;

  it('keep out of each other: what throws half way is undone alone, and nothing that was committed with it', async () => {
    const database = service.app.get(Database);
    const outcomes = await Promise.allSettled(
      Array.from({ length: UNITS }, (_, unit) =>
        database.write(async ({ manager }) => {
          await manager.insert(User, userRow(`first-${unit}`));
          // Steps between which another unit of work could come in.
          await manager.findOneBy(User, { id: `first-${unit}` });
          if (failsHalfWay(unit)) throw new Error('half way');
          await manager.insert(User, userRow(`second-${unit}`));
        }),
      ),
    );
    const units = outcomes.map((_, unit) => unit);
    expect(outcomes.map(({ status }) => status)).toEqual(
      units.map((unit) => (failsHalfWay(unit) ? 'rejected' : 'fulfilled')),
    );
    const kept = units.filter((unit) => !failsHalfWay(unit)).flatMap((unit) => [`first-${unit}`, `second-${unit}`]);
    const rows = await service.query("SELECT id FROM users WHERE id LIKE 'first-%' OR id LIKE 'second-%'");
    expect(rows.map(({ id }) => id).sort()).toEqual(kept.sort());
  });

  it('get their turn at whatever moment of the end of another they begin', async () => {
    const database = service.app.get(Database);
    const write = (id: string) => database.write(({ manager }) => manager.insert(User, userRow(id)));
    for (let steps = 0; steps < 20; steps += 1) {
      await write(`end-${steps}`);
      for (let step = 0; step < steps; step += 1) await Promise.resolve();
      await write(`begin-${steps}`);
    }
    expect(await service.query("SELECT id FROM users WHERE id LIKE 'begin-%'")).toHaveLength(20);
  });

  if (isSqlite()) {
    it('are told of success only after the commit that they share: when it fails, none is', async () => {
      const database = service.app.get(Database);
      await makeApiKey(service, await join(service));
      const innocent = Array.from({ length: 5 }, (_, unit) =>
        database.write(({ manager }) => manager.insert(User, userRow(`innocent-${unit}`))),
      );
      // A foreign key that is judged only at the commit.
      const guilty = database.write(async ({ manager }) => {
        await manager.query('PRAGMA defer_foreign_keys = ON');
        await manager.query("UPDATE api_keys SET user_id = 'nobody'");
      });
      const outcomes = await Promise.allSettled([...innocent, guilty]);
      expect(outcomes.map(({ status }) => status)).toEqual(outcomes.map(() => 'rejected'));
      expect(await service.query("SELECT id FROM users WHERE id LIKE 'innocent%'")).toEqual([]);
      await database.write(({ manager }) => manager.insert(User, userRow('later')));
      expect(await service.query("SELECT id FROM users WHERE id = 'later'")).toHaveLength(1);
    });
  }
});
