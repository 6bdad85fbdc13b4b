import { InvalidSettingsError } from '../src/config/invalid-settings-error.js';
import { loadNeeded } from '../src/config/load-settings.js';
import { DatabaseSettings } from '../src/database/database.settings.js';
import { AddressSettings } from '../src/http/address.settings.js';
import { loadServiceSettings, SETTINGS } from '../src/settings.js';
import { runProcess } from './support/start-process.js';

describe('Settings of modules', () => {
  it('belong to one module each', () => {
    const names = loadServiceSettings({}).all.flatMap((settings) => Object.keys(settings));
    const own = names.filter((name) => name !== 'inProduction');
    expect(new Set(own).size).toBe(own.length);
    expect(own).toEqual(expect.arrayContaining(['NODE_ENV', 'DATABASE_URL', 'THROTTLE_IP_PER_MINUTE']));
  });

  it('are documented in docs/settings.md and .env.example as their classes say now', async () => {
    const { code, output } = await runProcess('tools/settings-docs.mjs', ['--check'], {}, '.');
    expect(output).toBe('');
    expect(code).toBe(0);
  });

  it('that a command does not need may be wrong', () => {
    const source = { PORT: 'http', DATABASE_URL: 'sqlite:x.db' };
    const settings = loadNeeded([DatabaseSettings], SETTINGS, source);
    expect(settings.get(DatabaseSettings).DATABASE_URL).toBe('sqlite:x.db');
    expect(settings.get(AddressSettings).PORT).toBe(3000);
    expect(() => loadNeeded([AddressSettings], SETTINGS, source)).toThrow(InvalidSettingsError);
  });
});
