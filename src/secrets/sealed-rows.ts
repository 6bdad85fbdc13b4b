import { EntityManager } from 'typeorm';
import { Secrets } from './secrets.js';
import { allSealedColumns, SealedColumnOf } from './sealed-column.js';

const ROWS_AT_ONCE = 500;

/** An encrypted text and its row. */
interface SealedText extends SealedColumnOf {
  id: string;
  sealed: string;
}

/** Reads all encrypted texts of the database in batches. */
async function* sealedTexts(manager: EntityManager): AsyncGenerator<SealedText> {
  for (const column of allSealedColumns()) {
    let after = '';
    for (;;) {
      const rows = await manager
        .createQueryBuilder(column.entity, 'row')
        .select(['row.id', `row.${column.property}`])
        .where(`row.${column.property} IS NOT NULL AND row.id > :after`, { after })
        .orderBy('row.id')
        .take(ROWS_AT_ONCE)
        .getMany();
      for (const row of rows) {
        yield { ...column, id: row.id, sealed: row[column.property as 'id'] };
      }
      if (rows.length < ROWS_AT_ONCE) break;
      after = rows[rows.length - 1].id;
    }
  }
}

/** Re-encrypts texts of the previous secret under the current one; returns their number. */
export async function resealRows(manager: EntityManager, secrets: Secrets): Promise<number> {
  let count = 0;
  for await (const { entity, property, id, sealed } of sealedTexts(manager)) {
    if (secrets.sealOf(sealed, id) !== 'previous') continue;
    const resealed = secrets.encrypt(secrets.decrypt(sealed, id), id);
    // Unless it has changed meanwhile: a sent message has no secret any more.
    const { affected } = await manager.update(entity, { id, [property]: sealed }, { [property]: resealed });
    count += affected ?? 0;
  }
  return count;
}

/** Whether there are encrypted texts, none of which can be decrypted. */
export async function isAllUnreadable(manager: EntityManager, secrets: Secrets): Promise<boolean> {
  let isAny = false;
  for await (const { id, sealed } of sealedTexts(manager)) {
    if (secrets.sealOf(sealed, id) !== undefined) return false;
    isAny = true;
  }
  return isAny;
}

/** Deletes rows whose text no secret decrypts; returns their number by table. */
export async function dropUnreadableRows(manager: EntityManager, secrets: Secrets): Promise<Record<string, number>> {
  const dropped: Record<string, number> = {};
  for await (const { entity, id, sealed } of sealedTexts(manager)) {
    if (secrets.sealOf(sealed, id) !== undefined) continue;
    await manager.delete(entity, { id });
    const { tableName } = manager.dataSource.getMetadata(entity);
    dropped[tableName] = (dropped[tableName] ?? 0) + 1;
  }
  return dropped;
}
