import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { posix } from 'node:path';

/** Threads of libuv's pool that password hashing leaves free for file access and host name lookups. */
const SPARE_THREADS = 4;
/** Threads left free when the pool could not be enlarged. */
const MIN_SPARE_THREADS = 2;
/** Size of libuv's pool unless UV_THREADPOOL_SIZE says otherwise. */
const DEFAULT_THREADS = 4;
const MAX_THREADS = 1024;

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

/** Returns CPU quota divided by period, in cores. A quota of "max" (v2) or -1 (v1), or none, means no limit. */
function limitOf(quota: string | undefined, period: string | undefined): number {
  const cores = Number(quota) / Number(period);
  return quota && period && cores > 0 && Number.isFinite(cores) ? cores : Infinity;
}

function limitOfGroup(folder: string, isVersion2: boolean): number {
  if (!isVersion2) return limitOf(read(`${folder}/cpu.cfs_quota_us`), read(`${folder}/cpu.cfs_period_us`));
  const [quota, period] = read(`${folder}/cpu.max`).split(' ');
  return limitOf(quota, period);
}

/**
 * Returns the processor time that this process may use, in cores, as its control groups (v1 or v2) and their parents limit it. `root` is the
 * root of the file system. In a container a group's path may be one of the host: missing folders are skipped.
 */
export function cpuLimit(root = '/'): number {
  const limits = [Infinity];
  for (const line of read(posix.join(root, 'proc/self/cgroup')).split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    const isVersion2 = controllers === '';
    if (path === undefined || (!isVersion2 && !controllers.split(',').includes('cpu'))) continue;
    const mount = posix.join(root, 'sys/fs/cgroup', isVersion2 ? '' : 'cpu');
    for (let group = posix.normalize(path); ; group = posix.dirname(group)) {
      limits.push(limitOfGroup(posix.join(mount, group), isVersion2));
      if (group === '/') break;
    }
  }
  return Math.min(...limits);
}

/** Returns the cores that this process may use. Before Node 23 `os.availableParallelism` does not know a container's limit. */
export function usableCores(root?: string): number {
  return Math.max(1, Math.floor(Math.min(availableParallelism(), cpuLimit(root))));
}

/** Returns the size of libuv's pool for so many concurrent hashes. */
export function threadsFor(hashes: number): number {
  return Math.min(MAX_THREADS, hashes + SPARE_THREADS);
}

/** Returns the size of libuv's pool, as libuv reads it from UV_THREADPOOL_SIZE. */
function poolSize(setting: string | undefined): number {
  if (setting === undefined) return DEFAULT_THREADS;
  return Math.min(MAX_THREADS, Math.max(1, Number.parseInt(setting, 10) || 1));
}

/** Returns how many password hashes may run at a time: as asked for or one a core, limited by the pool's threads. */
export function hashConcurrency(wanted?: number, poolSetting = process.env.UV_THREADPOOL_SIZE): number {
  return Math.min(wanted ?? usableCores(), Math.max(1, poolSize(poolSetting) - MIN_SPARE_THREADS));
}
