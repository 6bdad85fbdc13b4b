import { EntityManager } from 'typeorm';
import { OperatorError } from '../common/operator-error.js';
import { isUniqueViolation } from '../database/database-errors.js';
import { Database } from '../database/database.js';
import { isAllUnreadable, resealRows } from './sealed-rows.js';
import { CURRENT_SECRET, SecretMark } from './secret-mark.entity.js';
import { Secrets } from './secrets.js';

const PURPOSE = 'secret-mark';
const WRONG_SECRET =
  'APP_SECRET is not the secret of this database. Set the right one; or, to change it, set APP_SECRET_PREVIOUS to the old one ' +
  '(docs/operating.md). If the old one is lost: npm run secrets:drop-unreadable';

/** Refuses a secret that the database does not belong to; throws OperatorError. Changes nothing. */
async function refuseWrongSecret(manager: EntityManager, secrets: Secrets): Promise<SecretMark | null> {
  const mark = await manager.findOneBy(SecretMark, { id: CURRENT_SECRET });
  const isRight = mark
    ? secrets.isMac(Buffer.from(mark.mac, 'hex'), PURPOSE)
    : !(await isAllUnreadable(manager, secrets));
  if (!isRight) throw new OperatorError(WRONG_SECRET);
  return mark;
}

/** Makes the current secret the one that the database belongs to. */
export async function markSecret(manager: EntityManager, secrets: Secrets): Promise<void> {
  const mac = secrets.mac(PURPOSE).toString('hex');
  const mark = await manager.findOneBy(SecretMark, { id: CURRENT_SECRET });
  if (mark) await manager.update(SecretMark, { id: CURRENT_SECRET }, { mac });
  else await manager.insert(SecretMark, { id: CURRENT_SECRET, mac });
}

/** For commands that run beside the service. */
export async function checkSecret(database: Database, secrets: Secrets): Promise<void> {
  await refuseWrongSecret(database.reader.manager, secrets);
}

/**
 * For the start of an instance. With a previous secret it also seals anew whatever is still sealed under that one, at every start: an
 * instance that started earlier may have sealed something since.
 */
export async function adoptSecret(database: Database, secrets: Secrets): Promise<void> {
  const mark = await refuseWrongSecret(database.reader.manager, secrets);
  if (mark && !secrets.hasPrevious) return;
  try {
    await database.write(async ({ manager }) => {
      await resealRows(manager, secrets);
      await markSecret(manager, secrets);
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    // Another instance that started at the same time was faster, perhaps with another secret.
    await checkSecret(database, secrets);
  }
}
