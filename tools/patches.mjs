// What is changed in other people's packages on their way into the bundle. A patch that finds nothing to change fails the build: the package
// was changed by its authors, and somebody has to look.
import { readFile } from 'node:fs/promises';

const OWN_REQUIRE = 'const require = createRequire(import.meta.url);';

/**
 * Nest's packages get the class-validator, class-transformer and TypeORM of the bundle, not a copy of their own, which would know none of
 * our rules and entities. They ask for them by a `require` that they make, and by an import that hides the names in a CommonJS package.
 * Left in node_modules instead, class-validator and class-transformer cost 0.22 s of the 0.84 s of processor time that a start takes with
 * them in the bundle (`node -e 0`: 0.06 s; medians of nine on a busy machine).
 */
export const PATCHES = [
  { file: '@nestjs/mapped-types/dist/type-helpers.utils.js', from: OWN_REQUIRE, to: '' },
  { file: '@nestjs/typeorm/dist/common/typeorm-compat.js', from: OWN_REQUIRE, to: '' },
  ...['class-validator', 'class-transformer'].map((name) => ({
    file: '@nestjs/common/pipes/validation.pipe.js',
    from: `import('${name}')`,
    to: `Promise.resolve(require('${name}'))`,
  })),
];

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Returns a plugin for esbuild that makes these changes. */
export function patching(patches) {
  const files = [...new Set(patches.map(({ file }) => file))];
  const filter = new RegExp(`[\\\\/](${files.map((file) => escaped(file).replaceAll('/', '[\\\\/]')).join('|')})$`);
  return {
    name: 'patching',
    setup(builder) {
      let unused;
      builder.onStart(() => void (unused = new Set(patches)));
      builder.onLoad({ filter }, async ({ path }) => {
        let contents = await readFile(path, 'utf8');
        const here = patches.filter(({ file }) => path.replaceAll('\\', '/').endsWith(`/${file}`));
        for (const patch of here.filter(({ from }) => contents.includes(from))) {
          contents = contents.replaceAll(patch.from, patch.to);
          unused.delete(patch);
        }
        return { contents };
      });
      builder.onEnd(() => ({
        errors: [...unused].map(({ file, from }) => ({ text: `A patch matches nothing: ${file} has no ${from}` })),
      }));
    },
  };
}
