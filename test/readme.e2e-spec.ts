import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { findProgram } from './support/own-mariadb.js';
import { PhonePage } from './support/phone-page.js';
import { killProcesses, ServerProcess, startProcess } from './support/start-process.js';
import { createMigratedDatabase, TestDatabase } from './support/test-database.js';

const WORDS = 'Good morning';
/** People paste the next lines when they have hung up. */
const UNTIL_OVER =
  'until curl -s $URL/call -H "x-api-key: $KEY" -H "$JSON" -d "{\\"sid\\":\\"$SID\\"}" | grep -q completed; do sleep 0.2; done\n';

const read = (document: string) => readFileSync(document, 'utf8');
const documents = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'].concat(
  readdirSync('docs').map((file) => join('docs', file)),
);

/** The commands of a document behind the mark of that name. */
function commandsOf(document: string, mark: string): string {
  const [, commands] = new RegExp(`<!-- ${mark} -->\\s+\`\`\`sh\\n([\\s\\S]*?)\`\`\``).exec(read(document)) ?? [];
  return commands;
}

/** A call in which a page did as below. */
const TALKED = {
  status: 'completed',
  endedReason: 'person-hung-up',
  transcript: expect.arrayContaining([expect.objectContaining({ role: 'person', text: WORDS })]),
};

/** Takes every call that rings on a page, says a word by typing and hangs up, as the documents tell people to. */
function takeCalls(page: PhonePage): void {
  page.socket.on('message', (data: Buffer, isBinary) => {
    const { type, call, role } = isBinary ? ({} as any) : JSON.parse(data.toString());
    if (type === 'ring') page.say({ type: 'accept', call });
    if (type === 'answered') page.say({ type: 'text', call, text: WORDS });
    if (type === 'transcript' && role === 'person') page.say({ type: 'hang-up', call });
  });
}

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

// Interactive shells read them, as when they are pasted: in zsh these take comments and brackets otherwise than in a script.
const SHELLS: [string, string[], boolean][] = [
  ['bash', ['--norc', '-i'], true],
  ['zsh', ['-f', '-i'], findProgram('zsh') !== undefined],
];

describe('The README and docs', () => {
  let database: TestDatabase;
  let server: ServerProcess;
  let page: PhonePage;
  beforeAll(async () => {
    database = await createMigratedDatabase();
    server = await startProcess({ NODE_ENV: 'development', DATABASE_URL: database.url }, process.cwd());
    page = await PhonePage.open(server);
    takeCalls(page);
  });
  afterAll(async () => {
    page?.close();
    await server?.stop();
    killProcesses();
    await database?.drop();
  });

  it.each(SHELLS)(
    'tell first steps that can be pasted into %s, and a first call',
    async (shell, options, isInstalled) => {
      if (!isInstalled) return skipLoudly(shell);
      const [commands, call, after] = ['first steps', 'first call', 'after the call'].map((mark) =>
        commandsOf('README.md', mark),
      );
      expect(commands.match(/\bcurl\b/g)).toHaveLength(8);
      const script = commands + call + UNTIL_OVER + after;
      const { stdout } = await paste(shell, options, script.replace('http://localhost:3000', server.api.url));
      expect(stdout).not.toContain('"status":"error"');
      expect(stdout).toMatch(
        /"signupStatus":3.*"verificationStatus":2.*"name":"Jo".*"variables":\["name"\].*"name":"Jo"/s,
      );
      expect(JSON.parse(stdout.slice(stdout.lastIndexOf('{"seconds"')))).toMatchObject(TALKED);
    },
  );

  it.each(SHELLS)('tell a story that can be pasted into %s twice', async (shell, options, isInstalled) => {
    if (!isInstalled) return skipLoudly(shell);
    const script = commandsOf('docs/story.md', 'story').replace('http://localhost:3000', server.api.url);
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
      expect(half).toContainEqual(expect.objectContaining(TALKED));
      expect(half.at(-1)).toMatchObject({ message: 'Your account and all its data are deleted.' });
    }
  });

  it('name for each promise a test that exists', () => {
    const names = [...read('docs/promises.md').matchAll(/^ {2}Shown by (.*)$/gm)].flatMap(([, shown]) =>
      [...shown.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
    );
    const files = readdirSync('test', { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('-spec.ts'),
    );
    const all = files.map((file) => file + readFileSync(join('test', file), 'utf8')).join('\n');
    const [promises] = read('docs/promises.md').split('\n## Limits of');
    expect(promises.match(/^- .*\n(?! {2}Shown by `?[^`\n]*`)/gm)).toBeNull();
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !all.includes(name.replace(/^test\//, '')))).toEqual([]);
  });

  it('link to files that exist', () => {
    const links = documents.flatMap((document) =>
      [...read(document).matchAll(/\]\(([^)#:]+)[^):]*\)/g)].map(([, path]) => [document, path]),
    );
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter(([document, path]) => !existsSync(join(dirname(document), path)))).toEqual([]);
  });

  it('begin with a README of at most 10 kB', () => {
    expect(Buffer.byteLength(read('README.md'))).toBeLessThanOrEqual(10_000);
  });
});
