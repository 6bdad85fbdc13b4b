import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Env } from '../src/config/env.js';
import { findProgram } from './support/own-mariadb.js';
import { killProcesses, ServerProcess, startProcess } from './support/start-process.js';
import { createTestDatabase, TestDatabase } from './support/test-database.js';

const read = (document: string) => readFileSync(join('docs', document), 'utf8');

/** What a shell prints that reads a text from its standard input. */
async function paste(shell: string, options: string[], script: string) {
  const child = spawn(shell, options);
  child.stdin.end(script);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { stdout, stderr };
}

function skipLoudly(program: string): void {
  if (process.env.CI === 'true') throw new Error(`${program} is not installed, and CI must not skip its tests.`);
  process.stderr.write(`\n!!! ${program} is not installed: THE STORY WAS NOT TRIED IN IT.\n\n`);
}

describe('The README and docs', () => {
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

  // Interactive shells read it, as when it is pasted: in zsh these take comments and brackets otherwise than in a script.
  it.each([
    ['bash', ['--norc', '-i'], true],
    ['zsh', ['-f', '-i'], findProgram('zsh') !== undefined],
  ])('tells a story that can be pasted into %s twice', async (shell, options, isInstalled) => {
    if (!isInstalled) return skipLoudly(shell);
    const [, story] = /<!-- story -->\s+```sh\n([\s\S]*?)```/.exec(read('story.md')) ?? [];
    const script = story.replace('http://localhost:3000', server.api.url);
    const { stdout, stderr } = await paste(shell, options, script + script);
    const answers = stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
    expect(stderr).not.toMatch(/not found|no match|parse error|syntax/);
    expect(answers.filter(({ status }) => status === 'error')).toEqual([]);
    for (const half of [answers.slice(0, answers.length / 2), answers.slice(answers.length / 2)]) {
      expect(half[0]).toMatchObject({ signupStatus: 3 });
      expect(half[1]).toMatchObject({ verificationStatus: 2 });
      expect(half.at(-1)).toMatchObject({ message: 'Your account and all its data are deleted.' });
    }
  });

  it('documents every setting, with its default', () => {
    const settings = read('settings.md');
    for (const [name, value] of Object.entries(new Env())) {
      expect(settings).toMatch(new RegExp(`\\| \`${name}\` +\\| ${value === undefined ? '' : `\`${value}\``} *\\| `));
    }
  });

  it('names tests that exist', () => {
    const names = [...read('promises.md').matchAll(/^\|[^|]+\|(.*)\|$/gm)].flatMap(([, cell]) =>
      [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
    );
    const files = readdirSync('test', { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('-spec.ts'),
    );
    const all = files.map((file) => file + readFileSync(join('test', file), 'utf8')).join('\n');
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !all.includes(name.replace(/^test\//, '')))).toEqual([]);
  });
});
