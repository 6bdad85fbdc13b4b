import { setImmediate } from 'node:timers/promises';
import { EntityManager, EntityTarget, FindOptionsWhere, In, LessThan, ObjectLiteral } from 'typeorm';

/** Rows of the first batch; later batches are sized by the size of earlier rows. */
const FIRST_BATCH = 16;
const LARGEST_BATCH = 200;
/** Target size of a batch. */
const BATCH_BYTES = 1024 * 1024;

interface IdRow {
  id: string;
}

/** A page of rows, numbered or after a row. */
interface Span {
  page: number;
  pageSize: number;
  after?: string;
}

/** Returns the ids of the rows on a page, newest first, the total number of rows, and whether more follow. */
export async function idsOnPage<Row extends IdRow>(
  manager: EntityManager,
  entity: EntityTarget<Row>,
  where: FindOptionsWhere<Row>,
  { page, pageSize, after }: Span,
): Promise<{ ids: string[]; total: number; hasMore: boolean }> {
  const total = await manager.countBy(entity, where);
  const behind = after === undefined ? where : { ...where, id: LessThan(after.toLowerCase()) };
  const found = await manager.find<IdRow>(entity, {
    select: { id: true },
    where: behind as FindOptionsWhere<IdRow>,
    // Ids sort by time of creation.
    order: { id: 'DESC' },
    skip: (page - 1) * pageSize,
    take: pageSize + 1,
  });
  return { ids: found.slice(0, pageSize).map(({ id }) => id), total, hasMore: found.length > pageSize };
}

/** Returns the primary keys of the newest rows, at most so many. */
export async function newestKeys<Row extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<Row>,
  where: FindOptionsWhere<Row> | FindOptionsWhere<Row>[],
  { newestBy, most }: { newestBy: string[]; most: number },
): Promise<string[]> {
  const [{ propertyName }] = manager.dataSource.getMetadata(entity).primaryColumns;
  // Raw, because creating ten thousand entities would block the event loop.
  const query = manager.createQueryBuilder(entity, 'row').select(`row.${propertyName}`, 'key').where(where);
  for (const column of newestBy) query.addOrderBy(`row.${column}`, 'DESC');
  const found = await query.limit(most).getRawMany<{ key: string }>();
  return found.map(({ key }) => key);
}

/** Approximate size of a row in memory, bytes. */
function weightOf(row: ObjectLiteral): number {
  return Object.values(row).reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 8), 0);
}

/**
 * Yields rows by primary key, in the order of the keys, without those deleted meanwhile. Reads small batches, so that many large rows neither
 * fill the memory nor block the event loop.
 */
export async function* rowsByKey<Row extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<Row>,
  keys: string[],
): AsyncGenerator<Row> {
  const [{ propertyName: key }] = manager.dataSource.getMetadata(entity).primaryColumns;
  let size = FIRST_BATCH;
  for (let start = 0; start < keys.length;) {
    const batch = keys.slice(start, start + size);
    start += size;
    const rows = await manager.findBy(entity, { [key]: In(batch) } as FindOptionsWhere<Row>);
    const byKey = new Map(rows.map((row) => [String(row[key]), row]));
    for (const one of batch) {
      const row = byKey.get(one);
      if (row) yield row;
    }
    const weight = rows.reduce((sum, row) => sum + weightOf(row), 0) / Math.max(1, rows.length);
    size = Math.max(1, Math.min(LARGEST_BATCH, Math.floor(BATCH_BYTES / Math.max(1, weight))));
    // Reads on SQLite are synchronous: let others run.
    await setImmediate();
  }
}
