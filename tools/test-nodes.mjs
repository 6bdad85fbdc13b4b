// `npm run test:nodes`: on each Node.js version that is supported, with the newest npm: installs a copy of what is committed, builds
// it, starts it and goes through the first steps of the README. Versions may be named behind `--`. It needs the npm registry and bash.
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = dirname(import.meta.dirname);
const VERSIONS = ['20', '22', '24'];
const [, STEPS] = /<!-- first steps -->\s+```sh\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8'));

const folder = mkdtempSync(join(tmpdir(), 'talkstack-nodes-'));

/** Environment in which `node` is of that version and `npm` is the newest that runs on it. */
function environmentOf(version) {
  const home = join(folder, `node-${version}`);
  mkdirSync(home);
  // The binary is put in place by an install script of this package.
  writeFileSync(join(home, 'package.json'), JSON.stringify({ allowScripts: { node: true } }));
  const args = ['install', '--no-save', '--no-audit', `node@${version}`, version === '20' ? 'npm@11' : 'npm@latest'];
  execFileSync('npm', args, { cwd: home, stdio: ['ignore', 'ignore', 'inherit'] });
  return { ...process.env, PATH: [join(home, 'node_modules/.bin'), process.env.PATH].join(delimiter) };
}

function copyOfCommit(target) {
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' }).split('\0').filter(Boolean);
  for (const file of files) cpSync(join(ROOT, file), join(target, file), { recursive: true });
}

/** Starts the built service; resolves to it and its address when it listens. */
async function start(cwd, env) {
  const server = spawn('node', ['dist/bundle/start.cjs'], {
    cwd,
    env: { ...env, NODE_ENV: 'development', PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: server.stdout })) {
    const [, url] = /listens on (http:\S+)/.exec(line) ?? [];
    if (url) return { server, url };
  }
  throw new Error('The service ended before it listened.');
}

async function tryVersion(version) {
  const env = environmentOf(version);
  const cwd = join(folder, `copy-${version}`);
  mkdirSync(cwd);
  copyOfCommit(cwd);
  const run = (program, ...args) => execFileSync(program, args, { cwd, env, encoding: 'utf8', maxBuffer: 2 ** 26 });
  const versions = `Node.js ${run('node', '--version').trim()}, npm ${run('npm', '--version').trim()}`;
  run('npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error');
  run('npm', 'run', 'build');
  const { server, url } = await start(cwd, env);
  try {
    const output = run('bash', '-c', STEPS.replace('http://localhost:3000', url));
    if (output.includes('"status":"error"') || !/"name":"Jo"/.test(output)) throw new Error(output);
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    const code = await ended;
    if (code !== 0) throw new Error(`The service ended with ${code}.`);
  } finally {
    server.kill('SIGKILL');
  }
  process.stdout.write(`${versions}: installs, builds, starts, goes through the first steps, stops.\n`);
}

const named = process.argv.slice(2);
try {
  for (const version of named.length > 0 ? named : VERSIONS) {
    try {
      await tryVersion(version);
    } catch (error) {
      process.stderr.write(`Node.js ${version}: ${error.message}\n${error.stdout ?? ''}${error.stderr ?? ''}`);
      process.exitCode = 1;
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
