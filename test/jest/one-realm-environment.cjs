const vm = require('node:vm');
const { TestEnvironment } = require('jest-environment-node');
const { ModernFakeTimers } = require('@jest/fake-timers');
const { ModuleMocker } = require('jest-mock');

/** Stands for the context that this process runs in; `vm` has no name for it. */
const OWN_REALM = Object.freeze({});

const { compileFunction } = vm;
vm.compileFunction = (code, params, { parsingContext, ...options }) =>
  compileFunction(code, params, parsingContext === OWN_REALM ? options : { ...options, parsingContext });

/**
 * Runs test files in the realm of the process itself. Jest gives each file a realm of its own, with its own Date and Error, where
 * nothing that was loaded before may be used: each file would load the whole service anew, which takes longer than most tests.
 */
module.exports = class OneRealmEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    this.global = globalThis;
    Object.assign(globalThis, config.projectConfig.globals);
    this.moduleMocker = new ModuleMocker(globalThis);
    this.fakeTimersModern = new ModernFakeTimers({ config: config.projectConfig, global: globalThis });
  }

  getVmContext() {
    return OWN_REALM;
  }

  /** An afterAll trips over what a failed beforeAll did not make; Jest would report that as a fault of its own, beside the first. */
  handleTestEvent({ name, hook }, state) {
    if (name !== 'hook_failure') return;
    if (hook.type === 'beforeAll') this.lacksBeforeAll = true;
    if (hook.type === 'afterAll' && this.lacksBeforeAll) state.unhandledErrors.pop();
  }
};
