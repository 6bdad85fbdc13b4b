import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Env } from '../src/config/env.js';
import { killProcesses, ServerProcess, startProcess } from './support/start-process.js';
import { createTestDatabase, TestDatabase } from './support/test-database.js';

const README = readFileSync('README.md', 'utf8');

describe('The README', () => {
  let database: TestDatabase;
  let server: ServerProcess;
  beforeAll(async () => {
    database = await createTestDatabase();
    server = await startProcess({ NODE_ENV: 'development', DATABASE_URL: database.url }, process.cwd());
  });
  afterAll(async () => {
    await server?.stop();
    killProcesses();
    await database.drop();
  });

  it('tells a story that works when it is pasted line after line', async () => {
    const [, story] = /<!-- story -->\s+```sh\n([\s\S]*?)```/.exec(README) ?? [];
    const script = story.replace('http://localhost:3000', server.api.url);
    const { stdout } = await promisify(execFile)('bash', ['-c', script]);
    const answers = stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
    expect(answers.filter(({ status }) => status === 'error')).toEqual([]);
    expect(answers[0]).toMatchObject({ signupStatus: 3 });
    expect(answers[1]).toMatchObject({ verificationStatus: 2 });
    expect(answers.at(-1)).toMatchObject({ message: 'Your account and all its data are deleted.' });
  });

  it('documents every setting, with its default', () => {
    for (const [name, value] of Object.entries(new Env())) {
      expect(README).toMatch(new RegExp(`\\| \`${name}\` +\\| ${value === undefined ? '' : `\`${value}\``} *\\| `));
    }
  });

  it('names tests that exist', () => {
    const [promises] = /## What it promises[\s\S]*?\n## /.exec(README) ?? [''];
    const names = [...promises.matchAll(/^\|[^|]+\|(.*)\|$/gm)].flatMap(([, cell]) =>
      [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
    );
    const files = readdirSync('test', { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('-spec.ts'),
    );
    const text = files.map((file) => file + readFileSync(join('test', file), 'utf8')).join('\n');
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !text.includes(name.replace(/^test\//, '')))).toEqual([]);
  });
});
