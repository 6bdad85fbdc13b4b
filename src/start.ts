import { threadsFor, usableCores } from './common/cores.js';

// libuv reads UV_THREADPOOL_SIZE once, when its pool is first used, which is when Node loads the first ES module. So this program is
// bundled as CommonJS, and imports the service.
const hashes = Number(process.env.HASH_CONCURRENCY) || usableCores();
process.env.UV_THREADPOOL_SIZE ||= String(threadsFor(hashes));
void import('./main.js');
