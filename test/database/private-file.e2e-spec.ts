import fs, { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { databaseOptions } from '../../src/database/database-options.js';
import { DatabaseSettings } from '../../src/database/database.settings.js';
import { migrate } from '../../src/database/migrate.js';
import { makePrivateFile } from '../../src/database/private-file.js';
import { SCHEMA } from '../../src/schema.js';
import { loadServiceSettings } from '../../src/settings.js';
import { isSqlite } from '../support/test-database.js';

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

(isSqlite() ? describe : describe.skip)('The SQLite file', () => {
  let folder: string;
  let file: string;
  let umask: number;
  const { chmodSync } = fs;
  beforeEach(() => {
    folder = mkdtempSync(joinPath(tmpdir(), 'talkstack-private-'));
    file = joinPath(folder, 'data/x.db');
    // Takes nothing from modes: what is closed to others was closed by the service.
    umask = process.umask(0);
  });
  afterEach(() => {
    process.umask(umask);
    fs.chmodSync = chmodSync;
    syncBuiltinESMExports();
    rmSync(folder, { recursive: true });
  });

  it('is readable by its owner alone, and so is the folder that is made for it', async () => {
    const settings = loadServiceSettings({ DATABASE_URL: `sqlite:${file}` }).get(DatabaseSettings);
    await migrate(await databaseOptions(settings, SCHEMA));
    expect([modeOf(joinPath(folder, 'data')), modeOf(file)]).toEqual(['700', '600']);
  });

  it('is closed to others when it was open to them before', () => {
    const old = joinPath(folder, 'old.db');
    writeFileSync(old, 'kept', { mode: 0o644 });
    makePrivateFile(old);
    expect([modeOf(old), statSync(old).size]).toEqual(['600', 4]);
  });

  it('is created with its mode, so that it is closed also where modes cannot be changed', () => {
    fs.chmodSync = () => {
      throw Object.assign(new Error('not here'), { code: 'ENOTSUP' });
    };
    syncBuiltinESMExports();
    const made = joinPath(folder, 'made.db');
    makePrivateFile(made);
    expect(modeOf(made)).toBe('600');
  });
});
