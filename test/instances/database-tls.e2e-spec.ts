import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificates } from '../support/certificates.js';
import { describeWith } from '../support/describe-with.js';
import { queryDirectly } from '../support/direct-query.js';
import { findProgram, OwnMariadb } from '../support/own-mariadb.js';
import { program, runProcess } from '../support/start-process.js';

const isPossible = OwnMariadb.isInstalled && findProgram('openssl') !== undefined;

describeWith('mariadbd or openssl', isPossible)('TLS to the database', () => {
  let server: OwnMariadb;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'talkstack-tls-'));
    makeCertificates(folder, 'DNS:localhost');
    server = await OwnMariadb.open(
      `--ssl-cert=${join(folder, 'server.pem')}`,
      `--ssl-key=${join(folder, 'server.key')}`,
    );
    await server.createDatabase('talkstack');
  });
  afterAll(async () => {
    await server?.close();
    rmSync(folder, { recursive: true });
  });

  const urlOf = (host: string, parameters: string) =>
    `mariadb://root@${host}:${server.port}/talkstack?${parameters.replace('ca.pem', encodeURIComponent(join(folder, 'ca.pem')))}`;

  it.each([
    ['localhost', 'ssl=false', false],
    ['localhost', 'ssl-mode=DISABLED', false],
    ['127.0.0.1', 'sslmode=require', true],
    ['localhost', 'ssl=true&ssl-ca=ca.pem', true],
    ['127.0.0.1', 'ssl-mode=VERIFY_CA&ssl-ca=ca.pem', true],
    ['localhost', 'sslmode=verify-full&ssl-ca=ca.pem', true],
    ['localhost', 'ssl-ca=ca.pem', true],
  ])('to %s with ?%s in DATABASE_URL is on: %s', async (host, parameters, isOn) => {
    const url = urlOf(host, parameters);
    const [row] = await queryDirectly({ url, drop: async () => undefined }, "SHOW STATUS LIKE 'Ssl_cipher'");
    expect(row.Value !== '').toBe(isOn);
  });

  it.each([
    ['localhost', 'ssl=true', 'certificate'],
    ['localhost', 'ssl-ca=/no/such/file', 'no such file'],
  ])(
    'to %s with ?%s in DATABASE_URL fails, and the start ends with one line that says why',
    async (host, parameters, reason) => {
      const { code, output } = await runProcess(
        program('migrate'),
        ['up'],
        { DATABASE_URL: urlOf(host, parameters) },
        folder,
      );
      expect(code).toBe(1);
      expect(output).toMatch(/^The (database refuses DATABASE_URL|file of ssl-ca)/);
      expect(output.toLowerCase()).toContain(reason);
      expect(output.split('\n')).toHaveLength(1);
    },
  );

  it('rejects a certificate of another host when DATABASE_URL asks to verify the identity', async () => {
    makeCertificates(folder, 'DNS:elsewhere.example');
    await server.kill();
    await server.start();
    const migrate = (parameters: string) =>
      runProcess(program('migrate'), ['up'], { DATABASE_URL: urlOf('localhost', parameters) }, folder);
    expect(await migrate('ssl-mode=VERIFY_IDENTITY&ssl-ca=ca.pem')).toMatchObject({
      code: 1,
      output: expect.stringMatching(/^The database refuses DATABASE_URL: .*altnames.*$/),
    });
    expect(await migrate('ssl-mode=VERIFY_CA&ssl-ca=ca.pem')).toMatchObject({ code: 0 });
  });
});
