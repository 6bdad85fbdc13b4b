// `npm run coverage`: runs all tests on SQLite in one process, or those named behind `--`, and reports which lines of src they ran;
// coverage/index.html shows them. What runs in processes of its own is left out: those run the bundle, whose lines hold many of ours.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = dirname(import.meta.dirname);
const FOLDER = join(ROOT, 'coverage');
const RAW = join(FOLDER, 'tmp');

function run(program, args, env = {}) {
  const options = { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...env } };
  return spawnSync(process.execPath, [join(ROOT, 'node_modules', program), ...args], options).status ?? 1;
}

rmSync(FOLDER, { recursive: true, force: true });
const tests = ['--runInBand', '--selectProjects=sqlite', '--', ...process.argv.slice(2)];
const code = run('jest/bin/jest.js', tests, { NODE_V8_COVERAGE: RAW });
for (const file of readdirSync(RAW)) {
  const path = join(RAW, file);
  const coverage = JSON.parse(readFileSync(path, 'utf8'));
  coverage.result = coverage.result.filter(({ url }) => url.includes('/dist/src/'));
  writeFileSync(path, JSON.stringify(coverage));
}
// Files are named one by one, because packages have a src too.
const sources = readdirSync(join(ROOT, 'src'), { recursive: true }).filter((file) => file.endsWith('.ts'));
const includes = sources.map((file) => `--include=${join('src', file)}`);
const reporters = ['--reporter=text-summary', '--reporter=html'];
run('c8/bin/c8.js', ['report', '--exclude-after-remap', '--exclude=**/node_modules/**', ...includes, ...reporters]);
process.exitCode = code;
