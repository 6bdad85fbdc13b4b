const { default: Sequencer } = require('@jest/test-sequencer');

/** Files that drive browsers, processes or many examples: on a machine that has not run them yet, Jest goes by size, and would wait for them at the end. */
const LONG =
  /\/test\/(browser|instances|voices\/eleven-labs|openapi\/answers|operation|account-model|fuzz|client|audit-command|readme)/;

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const isLong = ({ path, duration }) => duration === undefined && LONG.test(path);
    return super.sort(tests).toSorted((a, b) => Number(isLong(b)) - Number(isLong(a)));
  }
};
