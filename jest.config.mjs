import { randomBytes } from 'node:crypto';
import { createConnection } from 'node:net';
import { createConnection as logIn } from 'mysql2/promise';

const MARIADB = process.env.TEST_MARIADB_URL ?? 'mariadb://root@127.0.0.1:3306';
/** Sets this run's databases apart from those of others on the same server. */
const PREFIX = `talkstack_test_${randomBytes(4).toString('hex')}_`;
const REDIS = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379';

function isReachable(url) {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = createConnection({ host: hostname, port: Number(port), timeout: 2000 });
    const settle = (answer) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', settle(true)).on('error', settle(false)).on('timeout', settle(false));
  });
}

/** Null when tests can make databases there, else what the server or the network says. */
async function mariadbFault(url) {
  try {
    const connection = await logIn({ uri: url.replace(/^mariadb:/, 'mysql:'), connectTimeout: 2000 });
    await connection.end();
    return null;
  } catch (error) {
    return error.sqlMessage ?? error.code ?? String(error);
  }
}

function skipLoudly(what, url, howTo) {
  // The URL may have a password in it.
  const place = new URL(url).host;
  if (process.env.CI === 'true') throw new Error(`${what} cannot be used at ${place}, and CI must not skip its tests.`);
  process.stderr.write(`\n!!! ${what} cannot be used at ${place}: ITS TESTS ARE SKIPPED.\n!!! ${howTo}\n\n`);
}

const TYPESCRIPT = [
  '@swc/jest',
  {
    jsc: {
      target: 'es2023',
      keepClassNames: true,
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
    module: { type: 'commonjs' },
  },
];

/** What no database has a part in runs beside SQLite alone; several processes on one database are a server's affair. */
const NOT_ON = {
  mariadb: [
    '/test/(browser|http)/',
    '/test/(voices|conversations|llm|speech|telephony|common)/',
    '/test/openapi/(document|swagger-ui|answer-checker)',
    '/test/(client|node-version|pages|hsts|settings|readme|scripts|trust-proxy|debugging|fuzz-event-loop)',
    '/test/(agents/variables|phone-numbers/e164|calls/call-(status|plan))',
    '/test/(mail/(letters|product|smtp-url|development-mailbox)|operation/log-faults|database/sqlite-connection)',
  ],
  sqlite: ['/test/instances/(?!clocks)'],
};

/** The same test files against one database. They become CommonJS; what they test is loaded through Node, as it was built. */
const project = (database, redis) => ({
  displayName: database,
  rootDir: import.meta.dirname,
  testRegex: '\\.e2e-spec\\.ts$',
  testEnvironment: '<rootDir>/test/jest/one-realm-environment.cjs',
  runtime: '<rootDir>/test/jest/shared-modules-runtime.cjs',
  globals: {
    TEST_DATABASE: database,
    TEST_MARIADB_URL: MARIADB,
    TEST_DATABASE_PREFIX: PREFIX,
    TEST_REDIS_URL: redis,
  },
  ...(database === 'mariadb' && { globalTeardown: '<rootDir>/test/jest/drop-databases.cjs' }),
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': ['$1', '$1.js'] },
  testPathIgnorePatterns: ['/node_modules/', ...NOT_ON[database]],
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/client'],
  transform: { '\\.ts$': TYPESCRIPT },
});

export default async () => {
  const fault = await mariadbFault(MARIADB);
  const hasMariadb = fault === null;
  const hasRedis = await isReachable(REDIS);
  if (!hasMariadb) {
    const start = 'docker compose -f compose.dev.yaml up mariadb';
    const name = 'TEST_MARIADB_URL=mariadb://USER:PASSWORD@HOST:PORT';
    skipLoudly('MariaDB', MARIADB, `It says: ${fault}. Start one (${start}), or name yours (${name}).`);
  }
  if (!hasRedis) skipLoudly('Redis', REDIS, 'Start one: docker compose -f compose.dev.yaml up redis');
  const databases = hasMariadb ? ['sqlite', 'mariadb'] : ['sqlite'];
  return {
    projects: databases.map((database) => project(database, hasRedis ? REDIS : '')),
    // More than there are cores, because many files wait for processes and timeouts; each costs seconds to load the service.
    maxWorkers: 4,
    // Files of one worker share the service's modules, and what these keep; a new worker begins with none of it.
    workerIdleMemoryLimit: '700MB',
    testTimeout: 180_000,
  };
};
