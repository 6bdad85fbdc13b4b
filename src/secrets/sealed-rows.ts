import { EntityManager } from 'typeorm';
import { Secrets } from './secrets.js';
import { allSealedColumns, SealedColumnOf } from './sealed-column.js';

const ROWS_AT_ONCE = 500;

/** A sealed text with its row. */
interface SealedText extends SealedColumnOf {
  id: string;
  sealed: string;
}

/** Reads every sealed text of the database, in portions. */
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

/** Seals under the current secret what is sealed under the previous one; returns how many texts. */
export async function resealRows(manager: EntityManager, secrets: Secrets): Promise<number> {
  let count = 0;
  for await (const { entity, property, id, sealed } of sealedTexts(manager)) {
    if (secrets.sealOf(sealed, id) !== 'previous') continue;
    const resealed = secrets.encrypt(secrets.decrypt(sealed, id), id);
    // Unless somebody wrote it meanwhile: a letter that was sent has no secret any more.
    const { affected } = await manager.update(entity, { id, [property]: sealed }, { [property]: resealed });
    count += affected ?? 0;
  }
  return count;
}

/** Whether there are sealed texts, and none of them opens. */
export async function isAllUnreadable(manager: EntityManager, secrets: Secrets): Promise<boolean> {
  let isAny = false;
  for await (const { id, sealed } of sealedTexts(manager)) {
    if (secrets.sealOf(sealed, id) !== undefined) return false;
    isAny = true;
  }
  return isAny;
}

/** Deletes the rows whose sealed text opens under no secret; returns how many, by the name of the table. */
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
