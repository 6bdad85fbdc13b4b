const { createRequire } = require('node:module');
const { dirname, join, relative, resolve } = require('node:path');
const { isModuleNamespaceObject } = require('node:util').types;
const { default: Runtime } = require('jest-runtime');

const ROOT = join(__dirname, '..', '..');
const nodeRequire = createRequire(__filename);
const facades = new Map();

/** Loads a module through Node. ES modules say so in the way that compiled `import` statements look for. */
function native(path) {
  const module = nodeRequire(path);
  if (!isModuleNamespaceObject(module)) return module;
  if (!facades.has(path)) facades.set(path, Object.defineProperty({ ...module }, '__esModule', { value: true }));
  return facades.get(path);
}

/** Where a module is that all test files of a process share: a package, or a file of the service as it was built. Null for a test's own. */
function sharedPath(from, name) {
  if (!/^[./]/.test(name)) return createRequire(from).resolve(name);
  const path = relative(ROOT, resolve(dirname(from), name));
  return /^(src|bench)\b/.test(path) ? join(ROOT, 'dist', path.replace(/\.ts$/, '.js')) : null;
}

/**
 * In place of the AsyncLocalStorage by which jest-circus knows which test is running: ours run one after another. Node 20 follows the real
 * one by a hook at every promise of the process: 176 tests of the API take 10.8 s of processor time with it, and 10.1 s without. Node 24
 * needs no hook.
 */
class OneAfterAnother {
  getStore() {
    return this.store;
  }

  async run(store, callback) {
    const before = this.store;
    this.store = store;
    try {
      return await callback();
    } finally {
      this.store = before;
    }
  }
}

/** Loads packages and the built service through Node, once a process, and only what tests are made of through Jest. */
module.exports = class SharedModulesRuntime extends Runtime {
  requireModuleOrMock(from, name) {
    const path = from.includes('node_modules') ? null : sharedPath(from, name);
    return path === null ? super.requireModuleOrMock(from, name) : native(path);
  }

  requireInternalModule(from, name) {
    if (name !== 'node:async_hooks') return super.requireInternalModule(from, name);
    this.hasReplaced = true;
    return { AsyncLocalStorage: OneAfterAnother };
  }

  teardown() {
    super.teardown();
    if (!this.hasReplaced)
      throw new Error('Jest asks for node:async_hooks in another way: OneAfterAnother is not used.');
  }
};
