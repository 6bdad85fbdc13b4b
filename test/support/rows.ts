import { User } from '../../src/users/user.entity.js';
import { TestApp } from './start-app.js';

/** How many rows a table has, all or those that match. */
export async function countRows(service: TestApp, table: string, where = '1 = 1'): Promise<number> {
  const [{ found }] = await service.query(`SELECT COUNT(*) AS found FROM ${table} WHERE ${where}`);
  return Number(found);
}

/** A user to be written past the flows. */
export function userRow(id: string): User {
  const at = new Date();
  return {
    id,
    email: `${id}@example.com`,
    name: id,
    passwordHash: '',
    companyName: null,
    activeProject: null,
    lockedAt: null,
    createdAt: at,
    updatedAt: at,
  };
}
