import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join as joinPath } from 'node:path';
import { cpuLimit, hashConcurrency, threadsFor, usableCores } from '../../src/common/cores.js';

const V1 = '12:memory:/docker/ab\n4:cpu,cpuacct:/docker/ab\n';
const LIMITS: [string, Record<string, string>, number][] = [
  ['none where there are no control groups', {}, Infinity],
  ['none for a quota of max', { 'proc/self/cgroup': '0::/', 'sys/fs/cgroup/cpu.max': 'max 100000\n' }, Infinity],
  ['that of cgroup v2', { 'proc/self/cgroup': '0::/', 'sys/fs/cgroup/cpu.max': '150000 100000\n' }, 1.5],
  [
    'the narrowest of the groups above it',
    {
      'proc/self/cgroup': '0::/talk.slice/web',
      'sys/fs/cgroup/talk.slice/web/cpu.max': '400000 100000\n',
      'sys/fs/cgroup/talk.slice/cpu.max': '300000 100000\n',
    },
    3,
  ],
  [
    'that of cgroup v1 in its container, where the path of the host is not there',
    {
      'proc/self/cgroup': V1,
      'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '50000\n',
      'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
    },
    0.5,
  ],
  [
    'none for a quota of -1',
    {
      'proc/self/cgroup': V1,
      'sys/fs/cgroup/cpu/docker/ab/cpu.cfs_quota_us': '-1\n',
      'sys/fs/cgroup/cpu/docker/ab/cpu.cfs_period_us': '100000\n',
    },
    Infinity,
  ],
  ['none where nonsense is told', { 'proc/self/cgroup': 'x\n0::/../..', 'sys/fs/cgroup/cpu.max': 'a b' }, Infinity],
];

describe('The number of cores', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(joinPath(tmpdir(), 'talkstack-cores-'))));
  afterEach(() => rmSync(root, { recursive: true }));

  it.each(LIMITS)('has as its limit %s', (_, files, limit) => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(joinPath(root, name)), { recursive: true });
      writeFileSync(joinPath(root, name), text);
    }
    expect(cpuLimit(root)).toBe(limit);
    expect(usableCores(root)).toBe(Math.max(1, Math.floor(Math.min(limit, availableParallelism()))));
  });

  it('lets so many hashes run that files and host names keep threads of the pool', () => {
    expect(hashConcurrency(8, String(threadsFor(8)))).toBe(8);
    expect(hashConcurrency(8, undefined)).toBe(2);
    expect(hashConcurrency(8, '7')).toBe(5);
    for (const tiny of ['1', '0', '-3', 'many']) expect(hashConcurrency(8, tiny)).toBe(1);
  });
});
