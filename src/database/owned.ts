import { isUUID } from 'class-validator';
import { EntityManager, EntityTarget, FindOptionsWhere } from 'typeorm';
import { Transaction } from './transaction.js';

/** A row that belongs to a user. */
export interface OwnedRow {
  id: string;
  userId: string;
}

/** Identifies a row and its owner: the id comes from the request, the user from the credentials. */
export interface OwnedKey {
  id: string;
  userId: string;
}

/** Returns the user's row; null when it does not exist or belongs to somebody else. A malformed id is unknown; capitals do not matter (RFC 9562). */
export async function findOwned<Row extends OwnedRow>(
  manager: EntityManager,
  entity: EntityTarget<Row>,
  key: OwnedKey,
  and: FindOptionsWhere<Row> = {},
): Promise<Row | null> {
  return isUUID(key.id) ? manager.findOneBy(entity, conditionOf(key, and)) : null;
}

/** The same, and locks the row until the end of this unit of work. */
export async function lockOwned<Row extends OwnedRow>(
  transaction: Transaction,
  entity: EntityTarget<Row>,
  key: OwnedKey,
  and: FindOptionsWhere<Row> = {},
): Promise<Row | null> {
  return isUUID(key.id) ? transaction.lock(entity, conditionOf(key, and)) : null;
}

/** The user comes last, so that no further condition can override it. */
function conditionOf<Row extends OwnedRow>(key: OwnedKey, and: FindOptionsWhere<Row>): FindOptionsWhere<Row> {
  return { ...and, id: key.id.toLowerCase(), userId: key.userId };
}
