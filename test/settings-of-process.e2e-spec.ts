import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { atOnce } from './support/credentials.js';
import { Settings } from './support/start-app.js';
import { built, runProcess } from './support/start-process.js';

const PRODUCTION = {
  NODE_ENV: 'production',
  SMTP_URL: 'smtp://mail.example.com',
  APP_SECRET: 'x'.repeat(32),
  PUBLIC_URL: 'https://api.example.com',
  MAIL_FROM: 'Talkstack <no-reply@example.com>',
};

describe('Settings of a process', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(joinPath(tmpdir(), 'talkstack-settings-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  /** What an expression gives in a process of the build, in the scratch folder. */
  const evaluate = async (expression: string, settings: Settings = {}): Promise<any> => {
    const code = `import { readDotEnv } from '${built('src/config/dot-env.js')}';
      import { appSecret } from '${built('src/secrets/app-secret.js')}';
      import { SecretsSettings } from '${built('src/secrets/secrets.settings.js')}';
      import { DatabaseSettings } from '${built('src/database/database.settings.js')}';
      import { loadServiceSettings } from '${built('src/settings.js')}';
      const secret = (all) => appSecret(all.get(SecretsSettings), all.get(DatabaseSettings));
      import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      const fail = () => { throw Object.assign(new Error('not here'), { code: 'ENOTSUP' }); };
      const withoutLinks = () => { fs.linkSync = fs.chmodSync = fail; syncBuiltinESMExports(); };
      process.stdout.write(JSON.stringify(${expression}));`;
    const { output } = await runProcess('--input-type=module', ['-e', code], settings, folder);
    return JSON.parse(output);
  };

  it('come from .env in development only, where they override nothing', async () => {
    writeFileSync(joinPath(folder, '.env'), 'PORT=4001\nLOG_LEVEL=warn\nHOST="10.0.0.1" # a comment\n');
    const read = (settings: Settings) =>
      evaluate('(readDotEnv(), Object.assign({}, ...loadServiceSettings().all))', settings);
    const [development, test, production] = await Promise.all([
      read({ LOG_LEVEL: 'error', HOST: '' }),
      read({ NODE_ENV: 'test' }),
      read(PRODUCTION),
    ]);
    expect(development).toMatchObject({ PORT: 4001, LOG_LEVEL: 'error', HOST: '10.0.0.1' });
    expect(test).toMatchObject({ PORT: 3000, LOG_LEVEL: 'info' });
    expect(production).toMatchObject({ PORT: 3000, LOG_LEVEL: 'info' });
  });

  it('have an APP_SECRET that is made once, beside the database, for its owner’s eyes only', async () => {
    const settings = { DATABASE_URL: 'sqlite:data/x.db' };
    const secrets = await atOnce(4, () => evaluate('secret(loadServiceSettings())', settings));
    expect(secrets[0]).toMatch(/^[\w-]{64}$/);
    expect(new Set([...secrets, await evaluate('secret(loadServiceSettings())', settings)]).size).toBe(1);
    expect(readdirSync(joinPath(folder, 'data'))).toEqual(['app-secret']);
    expect(statSync(joinPath(folder, 'data/app-secret')).mode & 0o777).toBe(0o600);
    expect(statSync(joinPath(folder, 'data')).mode & 0o777).toBe(0o700);
  });

  it('come from .env in UTF-8 and in UTF-16, with a byte order mark and with the line ends of Windows', async () => {
    const text = '\uFEFFPORT=4001\r\nPRODUCT_NAME="Café"\r\n';
    const inUtf16 = Buffer.from(text, 'utf16le');
    for (const bytes of [Buffer.from(text), inUtf16, Buffer.from(inUtf16).swap16()]) {
      writeFileSync(joinPath(folder, '.env'), bytes);
      const settings = await evaluate('(readDotEnv(), Object.assign({}, ...loadServiceSettings().all))');
      expect(settings).toMatchObject({ PORT: 4001, PRODUCT_NAME: 'Café' });
    }
    writeFileSync(joinPath(folder, '.env'), Buffer.from('PRODUCT_NAME="Café"\n', 'latin1'));
    const { code, output } = await runProcess(built('bundle/main.js'), [], {}, folder);
    expect([code, output]).toEqual([1, expect.stringContaining('the file .env must be text in UTF-8')]);
  });

  it('agree on one APP_SECRET also on a file system without hard links and permissions', async () => {
    const settings = { DATABASE_URL: 'sqlite:data/x.db' };
    const secrets = await atOnce(3, () => evaluate('(withoutLinks(), secret(loadServiceSettings()))', settings));
    expect(secrets[0]).toMatch(/^[\w-]{64}$/);
    expect(new Set(secrets).size).toBe(1);
    expect(readdirSync(joinPath(folder, 'data'))).toEqual(['app-secret']);
  });

  it('make no secret where APP_SECRET is given', async () => {
    expect(await evaluate('secret(loadServiceSettings())', PRODUCTION)).toBe(PRODUCTION.APP_SECRET);
    expect(readdirSync(folder)).toEqual([]);
  });
});
