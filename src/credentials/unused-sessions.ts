import { EntityManager, FindOptionsWhere, IsNull, LessThan, LessThanOrEqual, MoreThan } from 'typeorm';
import { Session } from './session.entity.js';

/** Conditions for the user's live sessions without the `kept` most recently used. */
export async function unusedLongest(
  manager: EntityManager,
  userId: string,
  now: Date,
  kept: number,
): Promise<FindOptionsWhere<Session>[]> {
  const live = { userId, attemptId: IsNull(), expiresAt: MoreThan(now) };
  const [first] = await manager.find(Session, {
    select: { id: true, rotatedAt: true },
    where: live,
    order: { rotatedAt: 'DESC', id: 'DESC' },
    skip: kept,
    take: 1,
  });
  if (!first) return [];
  const { id, rotatedAt } = first;
  return [
    { ...live, rotatedAt: LessThan(rotatedAt) },
    { ...live, rotatedAt, id: LessThanOrEqual(id) },
  ];
}
