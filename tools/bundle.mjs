// Joins the compiled service and its packages into the few files of dist/bundle: loading thousands of small files is most of the
// time of a start. The input is the compiled JavaScript, not the sources, because esbuild does not write decorator metadata.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { build, context } from 'esbuild';
import { PATCHES, patching } from './patches.mjs';

const ROOT = dirname(import.meta.dirname);
const BUNDLE = join(ROOT, 'dist/bundle');
const PROGRAMS = [
  'main',
  'migrate',
  'commands/audit-log',
  'commands/backup',
  'commands/drop-unreadable',
  'commands/restore',
  'commands/openapi-document',
  'commands/rotate-keys',
  'commands/users',
];

const NATIVE = ['@node-rs/argon2', '@photostructure/sqlite'];
/** Loaded by few, or never; they stay in node_modules, as do Swagger UI's files. */
const LOADED_WHERE_USED = [
  '@echogarden/fvad-wasm',
  'file-type',
  'ioredis',
  'mysql2',
  'openai',
  'swagger-ui-dist',
  'twilio',
];
/** What packages ask for in case that it is there. */
const NOT_INSTALLED = [
  '@fastify/multipart',
  '@fastify/view',
  '@nestjs/microservices',
  '@nestjs/platform-express',
  '@nestjs/websockets',
  'better-sqlite3',
  'bufferutil',
  'bullmq',
  'class-transformer/storage',
  'preview-email',
  'utf-8-validate',
];

/** Our modules find their files (templates, pages, the voices' worker) beside themselves, where `nest build` put them. */
const ownFiles = {
  name: 'own-files',
  setup: (builder) =>
    builder.onLoad({ filter: /[\\/]dist[\\/]src[\\/].*\.js$/ }, async ({ path }) => {
      const from = relative(BUNDLE, path).split(sep).join('/');
      const text = await readFile(path, 'utf8');
      return { contents: text.replaceAll('import.meta.url', `new URL('${from}', import.meta.url)`) };
    }),
};

/**
 * esbuild's `keepNames` names every function by a call whenever it is made, which is hundreds of times a request. Only those of classes
 * are asked for. What stands in for its calls is as long as they are, so that the source map fits.
 */
const NAMING = 'var __name=(target,value)=>__defProp(target,"name",{value,configurable:true});';
const NAMING_OF_CLASS = /(static\s*\{\s*)__name(?=\s*\(\s*this\b)/g;

function nameClassesAlone(text) {
  return text.replace(NAMING, 'var __name=target=>target;').replace(NAMING_OF_CLASS, '$1_named');
}

const OPTIONS = {
  absWorkingDir: ROOT,
  write: false,
  entryPoints: PROGRAMS.map((name) => `dist/src/${name}.js`),
  outdir: BUNDLE,
  entryNames: '[name]',
  chunkNames: 'chunk-[hash]',
  plugins: [ownFiles, patching(PATCHES)],
  external: [...NATIVE, ...LOADED_WHERE_USED, ...NOT_INSTALLED],
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  // CommonJS in an ES module asks for Node's own modules by this.
  banner: {
    js: `import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);
const _named = (it, value) => Object.defineProperty(it, 'name', { value, configurable: true });`,
  },
  // Tokens of Nest, entities, migrations and documented schemas go by the names of their classes.
  keepNames: true,
  // The source stays in memory: 10 MB less. Names are whole, and `--enable-source-maps` brings the lines back.
  minifyWhitespace: true,
  lineLimit: 160,
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'warning',
};

/** What starts the service. It has to be CommonJS (src/start.ts says why). */
const STARTER = {
  absWorkingDir: ROOT,
  entryPoints: ['dist/src/start.js'],
  outfile: join(BUNDLE, 'start.cjs'),
  external: ['./main.js'],
  bundle: true,
  platform: 'node',
  target: OPTIONS.target,
  format: 'cjs',
  logLevel: 'warning',
};

/** Writes what esbuild made; throws when it names functions and classes in another way, which can no longer be replaced. */
async function write(outputFiles) {
  const code = outputFiles.map(({ text }) => text).join('\n');
  if (!code.includes(NAMING) || code.search(NAMING_OF_CLASS) === -1) {
    throw new Error('esbuild names functions in another way.');
  }
  for (const { path, text } of outputFiles) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, nameClassesAlone(text));
  }
}

/** Returns a bundler: `bundle()` writes dist/bundle, faster after the first time; `close()` ends it. */
export async function createBundler() {
  const builder = await context(OPTIONS);
  return {
    bundle: async () => {
      await write((await builder.rebuild()).outputFiles);
      await build(STARTER);
    },
    close: () => builder.dispose(),
  };
}

if (process.argv[1] === import.meta.filename) {
  const bundler = await createBundler();
  await bundler.bundle();
  await bundler.close();
}
