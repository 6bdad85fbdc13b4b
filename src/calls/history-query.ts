import { Brackets, EntityManager, SelectQueryBuilder } from 'typeorm';
import { DAY_MS } from '../common/clock.js';
import { type CallFilters, midnightOf } from './call-history.dto.js';
import { Call } from './call.entity.js';
import type { HistoryCursor } from './history-cursor.js';

/** What the list is sorted by: calls of a span of time by that time, so that an index has both, and all others by their creation. */
export type SortColumn = 'id' | 'dialStartedAt' | 'endedAt';

/** Filtered calls are counted up to here: to count all would take the longer the more there are. */
export const MAX_COUNTED = 10_000;

type Filters = CallFilters & { projectId: string };

export function sortColumnOf(filters: CallFilters): SortColumn {
  const { startTime, startTimeBefore, startTimeAfter, endTime, endTimeBefore, endTimeAfter } = filters;
  if (startTime ?? startTimeBefore ?? startTimeAfter) return 'dialStartedAt';
  return (endTime ?? endTimeBefore ?? endTimeAfter) ? 'endedAt' : 'id';
}

export function isFiltered(filters: CallFilters): boolean {
  const { to, from, status } = filters;
  return sortColumnOf(filters) !== 'id' || (to ?? from ?? status) !== undefined;
}

/** Adds the conditions on one column with a moment. */
function addSpan(
  query: SelectQueryBuilder<Call>,
  column: 'dialStartedAt' | 'endedAt',
  days: { on?: string; before?: string; after?: string },
): void {
  const moment = (day: string) => midnightOf(day) ?? new Date(NaN);
  const { on, before, after } = days;
  const name = `call.${column}`;
  if (on !== undefined) {
    const [from, to] = [moment(on), new Date(moment(on).getTime() + DAY_MS)];
    query.andWhere(`${name} >= :${column}From AND ${name} < :${column}To`, {
      [`${column}From`]: from,
      [`${column}To`]: to,
    });
  }
  if (before !== undefined) query.andWhere(`${name} <= :${column}Before`, { [`${column}Before`]: moment(before) });
  if (after !== undefined) query.andWhere(`${name} >= :${column}After`, { [`${column}After`]: moment(after) });
}

/** Returns a query for the calls of a project that match the filters. */
function matching(manager: EntityManager, filters: Filters): SelectQueryBuilder<Call> {
  const { projectId, to, from, status } = filters;
  const query = manager.createQueryBuilder(Call, 'call').where('call.projectId = :projectId', { projectId });
  if (to !== undefined) query.andWhere('call.toNumber = :to', { to });
  if (from !== undefined) query.andWhere('call.fromNumber = :from', { from });
  if (status !== undefined) query.andWhere('call.status = :status', { status });
  const { startTime, startTimeBefore, startTimeAfter, endTime, endTimeBefore, endTimeAfter } = filters;
  addSpan(query, 'dialStartedAt', { on: startTime, before: startTimeBefore, after: startTimeAfter });
  addSpan(query, 'endedAt', { on: endTime, before: endTimeBefore, after: endTimeAfter });
  return query;
}

/** Ids of the calls of a page, the newest first, and of one more where there is one. */
export async function historyIds(
  manager: EntityManager,
  filters: Filters,
  { cursor, skip, take }: { cursor: HistoryCursor | null; skip: number; take: number },
): Promise<string[]> {
  const column = sortColumnOf(filters);
  const query = matching(manager, filters).select('call.id', 'id');
  if (column !== 'id') query.orderBy(`call.${column}`, 'DESC');
  query.addOrderBy('call.id', 'DESC');
  if (cursor && column === 'id') query.andWhere('call.id < :behind', { behind: cursor.id });
  if (cursor && column !== 'id') {
    // The first condition is weaker than the second, but can use an index.
    query
      .andWhere(`call.${column} <= :at`, { at: cursor.at })
      .andWhere(
        new Brackets((either) =>
          either.where(`call.${column} < :at`).orWhere('call.id < :behind', { behind: cursor.id }),
        ),
      );
  }
  const rows = await query.offset(skip).limit(take).getRawMany<{ id: string }>();
  return rows.map(({ id }) => id);
}

/** Counts calls that match the filters, up to MAX_COUNTED. */
export async function countMatching(manager: EntityManager, filters: Filters): Promise<number> {
  const some = matching(manager, filters).select('call.id', 'id').limit(MAX_COUNTED);
  const counted = manager.createQueryBuilder().select('COUNT(*)', 'found').from(`(${some.getQuery()})`, 'some');
  const row = await counted.setParameters(some.getParameters()).getRawOne<{ found: number | string }>();
  return Number(row?.found ?? 0);
}
