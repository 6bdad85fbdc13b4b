import { Connection, createConnection } from 'mysql2/promise';
import { describeWith } from '../support/describe-with.js';
import { OwnMariadb } from '../support/own-mariadb.js';
import { signUp } from '../support/people.js';
import { killProcesses, ServerProcess, startProcess } from '../support/start-process.js';
import { until } from '../support/until.js';

/** Ways in which an operator takes a running service's database away, and gives it back. */
const REFUSALS: [why: string, take: string, giveBack: string][] = [
  [
    'password was changed',
    "ALTER USER talkstack IDENTIFIED BY 'another'",
    "ALTER USER talkstack IDENTIFIED BY 'secret'",
  ],
  ['account is locked', 'ALTER USER talkstack ACCOUNT LOCK', 'ALTER USER talkstack ACCOUNT UNLOCK'],
  ['password expired', 'ALTER USER talkstack PASSWORD EXPIRE', "ALTER USER talkstack IDENTIFIED BY 'secret'"],
  ['grants are revoked', 'REVOKE ALL ON talkstack.* FROM talkstack', 'GRANT ALL ON talkstack.* TO talkstack'],
];

describeWith('mariadbd', OwnMariadb.isInstalled)('The service whose database', () => {
  let mariadb: OwnMariadb;
  let server: ServerProcess;
  let root: Connection;

  beforeAll(async () => {
    mariadb = await OwnMariadb.open();
    const url = new URL(await mariadb.createDatabase('talkstack'));
    root = await createConnection({ host: url.hostname, port: Number(url.port), user: 'root' });
    await run("CREATE USER talkstack IDENTIFIED BY 'secret'");
    await run('GRANT ALL ON talkstack.* TO talkstack');
    [url.username, url.password] = ['talkstack', 'secret'];
    server = await startProcess({ DATABASE_URL: url.href, METRICS_TOKEN: 'a token for metrics' }, '/tmp');
  });
  afterAll(async () => {
    await server?.stop();
    root?.destroy();
    await mariadb?.close();
    killProcesses();
  });

  const run = (statement: string) => root.query(statement);
  /** What the service has open from before is closed. */
  const cutConnections = () => run('KILL HARD USER talkstack').catch(() => undefined);

  it.each(REFUSALS)(
    '%s responds 503, stays alive, serves metrics, and recovers afterwards',
    async (_, take, giveBack) => {
      expect((await signUp(server)).status).toBe(200);
      await run(take);
      await cutConnections();
      for (let tries = 0; tries < 3; tries += 1) {
        const { status, body } = await signUp(server);
        expect({ status, code: body.code }).toEqual({ status: 503, code: 'DATABASE_UNAVAILABLE' });
      }
      expect((await server.api.get('/health/ready')).status).toBe(503);
      expect((await server.api.get('/health/live')).status).toBe(200);
      expect((await server.api.as({ token: 'a token for metrics' }).get('/metrics')).status).toBe(200);
      await run(giveBack);
      await cutConnections();
      await until(async () => (await server.api.get('/health/ready')).status === 200);
      expect((await signUp(server)).status).toBe(200);
    },
  );
});
