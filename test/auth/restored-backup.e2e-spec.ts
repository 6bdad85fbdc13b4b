import { Session } from '../../src/credentials/session.entity.js';
import { Database } from '../../src/database/database.js';
import { refresh } from '../support/credentials.js';
import { decode } from '../support/jwt.js';
import { join, Person } from '../support/people.js';
import { startApp, TestApp } from '../support/start-app.js';

const REFUSED = { status: 401, body: { status: 'error', code: 'REFRESH_TOKEN_INVALID' } };

describe('After the database came back from a backup, a refresh token issued since', () => {
  let service: TestApp;
  beforeAll(async () => (service = await startApp()));
  afterAll(() => service.close());

  /** The next refresh token of a session; fails when there is none. */
  async function next(refreshToken: string): Promise<string> {
    const { status, body } = await refresh(service, refreshToken);
    expect(status).toBe(200);
    return body.refreshToken;
  }

  /** A refresh token of a session whose row was then put back as it was before. */
  async function lostToken({ token, refreshToken }: Person): Promise<string> {
    const database = service.app.get(Database);
    const id = String(decode(token).payload.sid);
    const backup = await database.reader.manager.findOneByOrFail(Session, { id });
    const lost = await next(refreshToken);
    await database.write(({ manager }) => manager.update(Session, { id }, backup));
    return lost;
  }

  it('is refused and ends nothing: the token of the backup goes on', async () => {
    const ada = await join(service);
    const lost = await lostToken(ada);
    expect(await refresh(service, lost)).toMatchObject(REFUSED);
    await next(await next(ada.refreshToken));
    const where = `type = 'session-stolen' AND email = '${ada.email}'`;
    expect(await service.query(`SELECT id FROM audit_events WHERE ${where}`)).toEqual([]);
  });

  it('is refused although it has the number of the present one', async () => {
    const ada = await join(service);
    const lost = await lostToken(ada);
    await next(ada.refreshToken);
    expect(await refresh(service, lost)).toMatchObject(REFUSED);
  });
});
