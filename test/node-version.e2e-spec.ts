import { execFileSync, spawnSync } from 'node:child_process';
import { program } from './support/start-process.js';

describe('The commands', () => {
  it.each(['18.20.0', '20.18.3'])('end on Node.js %s with one line that names the version they need', (version) => {
    const code = `Object.defineProperty(process.versions, 'node', { value: '${version}' }); require('./tools/check-node.cjs')`;
    const { status, stderr } = spawnSync(process.execPath, ['-e', code], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `Talkstack server needs Node.js 20.19 or newer. This is ${version}.\n`,
    });
  });

  it('print the OpenAPI document to a reader that stops reading without an error', () => {
    const pipeline = `set -o pipefail; ${process.execPath} ${program('openapi-document')} | head -c 100`;
    expect(execFileSync('bash', ['-c', pipeline], { encoding: 'utf8' })).toHaveLength(100);
  });
});
