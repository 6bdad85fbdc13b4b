import { setImmediate } from 'node:timers/promises';
import { EntityManager, EntityTarget, FindOptionsWhere, In, LessThan, ObjectLiteral } from 'typeorm';

/** Rows of the first batch; the next ones are larger or smaller, by what those before them weighed. */
const FIRST_BATCH = 16;
const LARGEST_BATCH = 200;
/** What a batch of rows should weigh. */
const BATCH_BYTES = 1024 * 1024;

interface IdRow {
  id: string;
}

/** Which rows are wanted: a page, counted from the start or behind a row. */
interface Span {
  page: number;
  pageSize: number;
  after?: string;
}

/** The ids of the rows on a page, the newest first; how many rows there are on all pages; whether more follow. */
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
    // By id alone, for ids sort by the time of creation.
    order: { id: 'DESC' },
    skip: (page - 1) * pageSize,
    take: pageSize + 1,
  });
  return { ids: found.slice(0, pageSize).map(({ id }) => id), total, hasMore: found.length > pageSize };
}

/** The primary keys of the newest rows, at most so many. */
export async function newestKeys<Row extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<Row>,
  where: FindOptionsWhere<Row> | FindOptionsWhere<Row>[],
  { newestBy, most }: { newestBy: string[]; most: number },
): Promise<string[]> {
  const [{ propertyName }] = manager.dataSource.getMetadata(entity).primaryColumns;
  // Raw, for ten thousand objects of an entity would hold the event loop.
  const query = manager.createQueryBuilder(entity, 'row').select(`row.${propertyName}`, 'key').where(where);
  for (const column of newestBy) query.addOrderBy(`row.${column}`, 'DESC');
  const found = await query.limit(most).getRawMany<{ key: string }>();
  return found.map(({ key }) => key);
}

/** Bytes that the texts of a row take in memory, about. */
function weightOf(row: ObjectLiteral): number {
  return Object.values(row).reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 8), 0);
}

/**
 * Rows by the values of their primary key, in the keys' order, without those that are gone meanwhile. They are read in batches that weigh
 * little, so that neither the memory nor the event loop ever holds many large rows at once.
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
    // On SQLite a read leaves no room for others by itself.
    await setImmediate();
  }
}
