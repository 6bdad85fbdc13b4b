// `npm run test:one -- test/auth/login`: builds the sources as they are now, then runs the named test files. Types are checked at the
// same time, because swc does not look at them. `npm run test:watch` does so again whenever a file changes. Without DATABASE, on SQLite.
// `--inspect-brk` goes to the Node that runs the tests, all in one process.
import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { dirname, join } from 'node:path';
import { createBundler } from './bundle.mjs';
import { compileAll } from './compile.mjs';

const ROOT = dirname(import.meta.dirname);
const SETTLE_MS = 100;
const args = process.argv.slice(2);
const isWatching = args.includes('--watch');
const inspect = args.filter((arg) => arg.startsWith('--inspect'));
const patterns = args.filter((arg) => arg !== '--watch' && !inspect.includes(arg));

function run(program, options, nodeOptions = []) {
  const child = spawn(process.execPath, [...nodeOptions, join(ROOT, 'node_modules', program), ...options], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}

const bundler = await createBundler();

/** Resolves to the exit code: 0 when the files pass and the types fit. */
async function test() {
  try {
    await compileAll();
    await bundler.bundle();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
  const database = process.env.DATABASE ?? 'sqlite';
  const inBand = inspect.length > 0 ? ['--runInBand'] : [];
  const types = ['--noEmit', '--incremental', '--tsBuildInfoFile', 'dist/types.tsbuildinfo', '-p', 'tsconfig.json'];
  const codes = await Promise.all([
    run('jest/bin/jest.js', [...inBand, '--selectProjects', database, '--', ...patterns], inspect),
    run('typescript/bin/tsc', types),
  ]);
  return Math.max(...codes);
}

const code = await test();
if (isWatching) {
  let timer;
  let running = Promise.resolve();
  for (const folder of ['src', 'test']) {
    watch(join(ROOT, folder), { recursive: true }, () => {
      clearTimeout(timer);
      timer = setTimeout(() => (running = running.then(test)), SETTLE_MS);
    });
  }
} else {
  await bundler.close();
  process.exitCode = code;
}
