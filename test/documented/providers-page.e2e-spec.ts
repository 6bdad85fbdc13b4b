import { readFileSync } from 'node:fs';
import { loadServiceSettings } from '../../src/settings.js';
import { TEST_SETTINGS } from '../support/start-app.js';

const page = readFileSync('docs/connect-a-model-and-speech.md', 'utf8');
const blocks = [...page.matchAll(/```env\n(.+?)```/gs)].map(([, lines]) => lines.trim());

describe('The page on models and speech', () => {
  it.each(blocks)('has lines that the service takes as they stand: %s', (lines) => {
    const given = Object.fromEntries(lines.split('\n').map((line) => line.replaceAll('…', 'key').split(/=(.*)/s)));
    const settings = loadServiceSettings({ ...TEST_SETTINGS, DATABASE_URL: 'sqlite:unused', ...given });
    const known = settings.all.flatMap((module) => Object.entries(module));
    for (const name of Object.keys(given)) expect(known.map(([known]) => known)).toContain(name);
  });
});
