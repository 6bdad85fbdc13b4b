import { fileURLToPath } from 'node:url';
import { tmpdir } from 'node:os';
import { Logger } from '@nestjs/common';
import { Database } from '../../src/database/database.js';
import { backoffMs } from '../../src/outbox/backoff.js';
import { LeasedRows } from '../../src/outbox/leased-rows.js';
import { killProcesses, launch } from '../support/start-process.js';
import { TestClock } from '../support/test-clock.js';
import { createTestDatabase, isSqlite, TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';
import { addParcels, LEASE_MS, openParcels, Parcel, startInstance } from './parcels.js';

const DONE = { changes: { isDone: true } };
const WORKER = fileURLToPath(new URL('./parcel-worker.mjs', import.meta.url));

describe('Rows that are worked on under a lease', () => {
  let database: Database;
  let table: TestDatabase;
  let clock: TestClock;
  const closings: (() => Promise<unknown>)[] = [];

  const open = async () => {
    const opened = await openParcels(table);
    closings.push(opened.close);
    return opened.database;
  };
  const start: typeof startInstance = (...all) => {
    const queue = startInstance(...all);
    closings.push(() => queue.stop());
    return queue;
  };
  const parcels = () => database.reader.manager.find(Parcel, { order: { id: 'ASC' } });
  const parcel = (id: string) => database.reader.manager.findOneByOrFail(Parcel, { id });

  // One of the tries fails, and the log tells of it.
  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(async () => {
    table = await createTestDatabase();
    clock = new TestClock();
    database = await open();
  });
  afterEach(async () => {
    for (const close of closings.splice(0).reverse()) await close();
    await table.drop();
  });
  afterAll(killProcesses);

  it('are tried once each by three instances that look for them at the same moment', async () => {
    const ids = await addParcels(database, clock, Array<string>(120).fill('a'));
    const tried: string[] = [];
    const take = async ({ id }: Parcel) => {
      tried.push(id);
      return DONE;
    };
    // A SQLite file is one process's: its instances share the connections.
    const databases = isSqlite() ? [database, database, database] : [database, await open(), await open()];
    await Promise.all(databases.map((own) => start(own, clock, { try: take }).drain()));
    expect(tried.sort()).toEqual(ids.sort());
    expect((await parcels()).filter(({ isDone, leaseOwner }) => !isDone || leaseOwner !== null)).toEqual([]);
  });

  it('of an instance killed with -9 go to another one when their lease has run out, and not before', async () => {
    const ids = await addParcels(database, clock, ['a', 'b', 'c']);
    const { child, output, exit } = launch(WORKER, [String(LEASE_MS)], { DATABASE_URL: table.url }, tmpdir());
    await Promise.race([output.find(/^all$/), exit]);
    expect(output.lines).toEqual([...ids.map((id) => `holds ${id}`), 'all']);
    child.kill('SIGKILL');
    await exit;

    const tried: string[] = [];
    const other = start(database, clock, {
      try: async ({ id }) => {
        tried.push(id);
        return DONE;
      },
    });
    await other.drain();
    expect(tried).toEqual([]);
    clock.advance(LEASE_MS);
    await other.drain();
    expect(tried.sort()).toEqual(ids);
  });

  it('keep their lease for as long as the work on them lasts', async () => {
    const [id] = await addParcels(database, clock, ['a']);
    const rows = new LeasedRows(Parcel, database, clock, LEASE_MS);
    const other = new LeasedRows(Parcel, database, clock, LEASE_MS);
    const [row] = await rows.claim({ where: {}, limit: 1 });
    for (let i = 0; i < 3; i += 1) {
      clock.advance(LEASE_MS - 1000);
      expect(await rows.renew(row)).toBe(true);
      expect(await other.claim({ where: {}, limit: 1 })).toEqual([]);
    }
    clock.advance(LEASE_MS);
    expect((await other.claim({ where: {}, limit: 1 })).map((one) => one.id)).toEqual([id]);
    expect(await rows.renew(row)).toBe(false);
  });

  it('are settled with what belongs to the outcome, or not at all', async () => {
    const [id] = await addParcels(database, clock, ['a']);
    const rows = new LeasedRows(Parcel, database, clock, LEASE_MS);
    const [row] = await rows.claim({ where: {}, limit: 1 });
    const fail = () => Promise.reject(new Error('the aftermath failed'));
    await expect(rows.settle(row, { isDone: true }, fail)).rejects.toThrow('the aftermath failed');
    expect(await parcel(id)).toMatchObject({ isDone: false, leaseOwner: expect.any(String) });
    expect(await rows.settle(row, { isDone: true })).toBe(true);
    expect(await parcel(id)).toMatchObject({ isDone: true, leaseOwner: null, leasedUntil: null });
  });

  it('are not settled by an instance that lost them, and its aftermath is not written', async () => {
    const [id] = await addParcels(database, clock, ['a']);
    const [slow, quick] = [1, 2].map(() => new LeasedRows(Parcel, database, clock, LEASE_MS));
    const [row] = await slow.claim({ where: {}, limit: 1 });
    clock.advance(LEASE_MS);
    await quick.claim({ where: {}, limit: 1 });
    const aftermath = jest.fn();
    expect(await slow.settle(row, { isDone: true }, aftermath)).toBe(false);
    expect(aftermath).not.toHaveBeenCalled();
    expect((await parcel(id)).isDone).toBe(false);
  });

  it('wait after a failure until their next try is due', async () => {
    await addParcels(database, clock, ['a']);
    let tries = 0;
    const queue = start(database, clock, {
      try: async (row) => {
        tries += 1;
        return tries === 1 ? { changes: { tries: row.tries + 1, nextTryAt: clock.in(60_000) } } : DONE;
      },
    });
    await queue.drain();
    clock.advance(59_000);
    await queue.drain();
    expect(tries).toBe(1);
    clock.advance(1000);
    await queue.drain();
    expect([tries, (await parcels())[0]]).toEqual([2, expect.objectContaining({ tries: 1, isDone: true })]);
  });

  it('whose try throws are tried again when their lease has run out', async () => {
    await addParcels(database, clock, ['a']);
    let tries = 0;
    const queue = start(database, clock, {
      try: async () => {
        tries += 1;
        if (tries === 1) throw new Error('the work failed');
        return DONE;
      },
    });
    await queue.drain();
    expect(tries).toBe(1);
    clock.advance(LEASE_MS);
    await queue.drain();
    expect(tries).toBe(2);
  });

  it('are taken in the order of their lane, and a lane that hangs holds up no other', async () => {
    const ids = await addParcels(database, clock, ['a', 'a', 'a', 'b', 'b', 'c']);
    const tried: string[] = [];
    let release: (outcome: typeof DONE) => void = () => undefined;
    const queue = start(database, clock, {
      // The first of each lane of which none is under way.
      choose: async (underWay) => {
        const waiting = (await parcels()).filter(({ isDone }) => !isDone);
        const heads = new Map([...waiting].reverse().map(({ lane, id }) => [lane, id]));
        for (const { lane } of underWay) heads.delete(lane);
        return [...heads.values()];
      },
      try: ({ id }) => {
        tried.push(id);
        return id === ids[0] ? new Promise<typeof DONE>((resolve) => (release = resolve)) : Promise.resolve(DONE);
      },
    });
    await until(() => tried.length === 4);
    expect(tried.filter((id) => ids.indexOf(id) < 3)).toEqual([ids[0]]);
    release(DONE);
    await queue.drain();
    expect(tried.filter((id) => ids.indexOf(id) < 3)).toEqual(ids.slice(0, 3));
    expect(tried.filter((id) => [3, 4].includes(ids.indexOf(id)))).toEqual(ids.slice(3, 5));
  });

  it('are not taken before they are due or while another has them, though they are chosen', async () => {
    const ids = await addParcels(database, clock, ['due', 'early', 'held']);
    await database.write(({ manager }) => manager.update(Parcel, { lane: 'early' }, { nextTryAt: clock.in(1000) }));
    const [rows, other] = [1, 2].map(() => new LeasedRows(Parcel, database, clock, LEASE_MS));
    await other.claim({ where: { lane: 'held' }, limit: 1 });
    const claimed = await rows.claim({ where: {}, limit: 10, chosen: ids });
    expect(claimed.map(({ lane }) => lane)).toEqual(['due']);
  });
});

describe('The pause after a failure', () => {
  it('doubles with each try up to the longest one, and is drawn anew each time', () => {
    const bounds = { firstMs: 100, longestMs: 5000 };
    for (const [tries, limit] of [
      [0, 100],
      [1, 200],
      [5, 3200],
      [6, 5000],
      [10_000, 5000],
    ]) {
      const pauses = Array.from({ length: 200 }, () => backoffMs(tries, bounds));
      expect(Math.max(...pauses)).toBeLessThanOrEqual(limit);
      expect(Math.max(...pauses)).toBeGreaterThan(limit / 2);
      expect(Math.min(...pauses)).toBeGreaterThanOrEqual(0);
      expect(new Set(pauses).size).toBeGreaterThan(100);
    }
  });
});
