// Compiles the sources by swc, file by file and without checking types: well under a second for the whole service, where tsc takes
// ten. For development and single tests; what is released is compiled by tsc (`nest build`).
import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, extname, join, relative } from 'node:path';
import { transformFile } from '@swc/core';

const ROOT = dirname(import.meta.dirname);
const OUTPUT = join(ROOT, 'dist');
const ASSETS = ['.hbs', '.html', '.css', '.svg', '.js'];

const OPTIONS = {
  swcrc: false,
  sourceMaps: true,
  jsc: {
    target: 'es2023',
    keepClassNames: true,
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
  },
  module: { type: 'es6' },
};

/** Compiles a TypeScript file, or copies a template, page or style, to its place in dist. Other files are ignored. */
export async function compileFile(path) {
  const target = join(OUTPUT, relative(ROOT, path));
  if (ASSETS.includes(extname(path))) return cp(path, target);
  if (!path.endsWith('.ts')) return;
  const { code, map } = await transformFile(path, OPTIONS);
  const output = target.replace(/\.ts$/, '.js');
  await mkdir(dirname(output), { recursive: true });
  await writeFile(output, `${code}\n//# sourceMappingURL=${output.slice(dirname(output).length + 1)}.map\n`);
  await writeFile(`${output}.map`, map);
}

/** Compiles all sources into an empty dist/src. */
export async function compileAll() {
  await rm(join(OUTPUT, 'src'), { recursive: true, force: true });
  const entries = await readdir(join(ROOT, 'src'), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  await Promise.all([...files, join(ROOT, 'ormconfig.ts')].map(compileFile));
}
