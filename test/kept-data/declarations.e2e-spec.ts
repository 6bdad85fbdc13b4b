import { Like } from 'typeorm';
import { Database } from '../../src/database/database.js';
import { HousekeepingService } from '../../src/housekeeping/housekeeping.service.js';
import { KeptData } from '../../src/kept-data/kept-data.js';
import { KeptRows } from '../../src/kept-data/kept-rows.js';
import { ThrottleReset } from '../../src/throttling/throttle-reset.entity.js';
import { join } from '../support/people.js';
import { createProject } from '../support/projects.js';
import { countRows } from '../support/rows.js';
import { startApp, TestApp } from '../support/start-app.js';
import { until } from '../support/until.js';

let service: TestApp;
beforeAll(async () => (service = await startApp()));
afterAll(() => service.close());

/** Columns that name a user or their address. */
const OF_USER = ['userId', 'email', 'recipient'];
/** Never more than one row, which is about nobody. */
const ONE_ROW = 'SecretMark';

/** Every entity with what was declared of it. */
function entities() {
  const { kinds } = service.app.get(KeptData);
  return service.app.get(Database).reader.entityMetadatas.map((metadata) => ({
    name: metadata.name,
    columns: metadata.columns.map(({ propertyName }) => propertyName),
    /** Entities whose rows take these with them when they are deleted. */
    parents: metadata.foreignKeys
      .filter(({ onDelete }) => onDelete === 'CASCADE')
      .map(({ referencedEntityMetadata }) => referencedEntityMetadata.name),
    kinds: kinds.filter(({ entity }) => entity === metadata.target),
  }));
}

type Entity = ReturnType<typeof entities>[number];
const namesOf = (found: Entity[]) => found.map(({ name }) => name);

describe('What is kept', () => {
  it('is declared once for each entity', () => {
    const kept = entities().filter(({ name }) => name !== ONE_ROW);
    expect(namesOf(kept.filter(({ kinds }) => kinds.length !== 1))).toEqual([]);
  });

  it('says whose it is where a column names a user or an address', () => {
    const named = entities().filter(({ columns }) => OF_USER.some((column) => columns.includes(column)));
    expect(named.length).toBeGreaterThan(10);
    expect(namesOf(named.filter(({ kinds }) => kinds[0]?.ofUser === undefined))).toEqual([]);
  });

  it('says what becomes of it with its project where a column names one, for the row of a deleted project stays', () => {
    const named = entities().filter(
      ({ columns, parents }) => columns.includes('projectId') || parents.includes('Project'),
    );
    expect(named.length).toBeGreaterThan(3);
    expect(namesOf(named.filter(({ kinds }) => typeof kinds[0]?.withProject !== 'function'))).toEqual([]);
  });

  it('is deleted by a foreign key where it says so', () => {
    const all = entities();
    const find = (name: string) => all.find((entity) => entity.name === name);
    /** Whether rows of the entity go with the account or project: by themselves, or with a parent that goes. */
    const goes = (entity: Entity | undefined, how: 'withAccount' | 'withProject'): boolean => {
      const removal = entity?.kinds[0]?.[how];
      if (removal !== 'cascade') return typeof removal === 'function';
      return entity?.parents.some((parent) => goes(find(parent), how)) ?? false;
    };
    for (const how of ['withAccount', 'withProject'] as const) {
      const cascading = all.filter(({ kinds }) => kinds[0]?.[how] === 'cascade');
      expect(cascading).not.toEqual([]);
      expect(namesOf(cascading.filter((entity) => !goes(entity, how)))).toEqual([]);
    }
  });
});

describe('Files of rows', () => {
  const gone: string[] = [];
  let isStoreAway = false;
  /** Rows that stand for files, and have lost their owner. */
  const files: KeptRows<ThrottleReset> = {
    entity: ThrottleReset,
    exported: 'Files.',
    outdated: () => ({ id: Like('file of nobody %') }),
    removeFile: ({ id }) => {
      if (isStoreAway) return Promise.reject(new Error('The store is away.'));
      gone.push(id);
      return Promise.resolve(id !== 'file of nobody in use');
    },
    withAccount: 'stays',
  };
  const left = () => countRows(service, 'throttle_resets');
  const orphan = (...names: string[]) => {
    const rows = names.map((name) => ({ id: `file of nobody ${name}`, at: service.clock.now() }));
    return service.app.get(Database).write(({ manager }) => manager.insert(ThrottleReset, rows));
  };

  beforeAll(() => service.app.get(KeptData).declare(files));
  beforeEach(() => gone.splice(0));

  it('are deleted before their rows as soon as a project is deleted', async () => {
    const ada = await join(service);
    const { id } = await createProject(service, ada);
    await orphan('1', '2');
    expect((await service.api.as(ada).delete(`/project/${id}`)).status).toBe(200);
    await until(async () => (await left()) === 0);
    expect(gone.sort()).toEqual(['file of nobody 1', 'file of nobody 2']);
  });

  it('are deleted before their rows as soon as an account is deleted', async () => {
    const ada = await join(service);
    await orphan('3');
    expect((await service.api.as(ada).delete('/user', { password: ada.password })).status).toBe(200);
    await until(async () => (await left()) === 0);
    expect(gone).toEqual(['file of nobody 3']);
  });

  it('stay with their rows while the store is away or the file is in use, and go the next time', async () => {
    await orphan('4', 'in use');
    isStoreAway = true;
    await service.app.get(HousekeepingService).run();
    expect(await left()).toBe(2);
    isStoreAway = false;
    await service.app.get(HousekeepingService).run();
    expect(await left()).toBe(1);
    expect(gone).toContain('file of nobody 4');
  });
});
