// `npm run coverage`: runs all tests on SQLite in one process, or those named behind `--`, and reports which lines of src they ran;
// coverage/index.html shows them. Servers and commands that tests start count too, unless they are killed: only a process that ends tells.
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
  const isOurs = (url) => url.includes('/dist/src/');
  const maps = Object.entries(coverage['source-map-cache'] ?? {}).filter(([url]) => isOurs(url));
  const result = coverage.result.filter(({ url }) => isOurs(url));
  writeFileSync(path, JSON.stringify({ result, 'source-map-cache': Object.fromEntries(maps) }));
}
// Files are named one by one, because packages have a src too.
const sources = readdirSync(join(ROOT, 'src'), { recursive: true }).filter((file) => file.endsWith('.ts'));
const includes = sources.map((file) => `--include=${join('src', file)}`);
const reporters = ['--reporter=text-summary', '--reporter=html'];
run('c8/bin/c8.js', ['report', '--exclude-after-remap', '--exclude=**/node_modules/**', ...includes, ...reporters]);
rmSync(RAW, { recursive: true });
process.exitCode = code;
