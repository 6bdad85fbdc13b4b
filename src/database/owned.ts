import { isUUID } from 'class-validator';
import { EntityManager, EntityTarget, FindOptionsWhere } from 'typeorm';
import { Transaction } from './transaction.js';

/** A row that belongs to a user. */
export interface OwnedRow {
  id: string;
  userId: string;
}

/** Which row is asked for, and by whom. Both come from different places: the id from the request, the user from the credentials. */
export interface OwnedKey {
  id: string;
  userId: string;
}

/** The row with this id if it is this user's; somebody else's is as good as none. What is no UUID is nobody's id; one in capitals is the same (RFC 9562). */
export async function findOwned<Row extends OwnedRow>(
  manager: EntityManager,
  entity: EntityTarget<Row>,
  key: OwnedKey,
  and: FindOptionsWhere<Row> = {},
): Promise<Row | null> {
  return isUUID(key.id) ? manager.findOneBy(entity, conditionOf(key, and)) : null;
}

/** The same, and keeps other units of work from the row until the end of this one. */
export async function lockOwned<Row extends OwnedRow>(
  transaction: Transaction,
  entity: EntityTarget<Row>,
  key: OwnedKey,
  and: FindOptionsWhere<Row> = {},
): Promise<Row | null> {
  return isUUID(key.id) ? transaction.lock(entity, conditionOf(key, and)) : null;
}

/** The user stands last, so that no further condition can take their place. */
function conditionOf<Row extends OwnedRow>(key: OwnedKey, and: FindOptionsWhere<Row>): FindOptionsWhere<Row> {
  return { ...and, id: key.id.toLowerCase(), userId: key.userId };
}
