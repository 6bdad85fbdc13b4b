const { createConnection } = require('mysql2/promise');

/** Drops the databases that this run made: those that its processes kept for the next file, and what failed tests left. */
module.exports = async (_, { globals: { TEST_MARIADB_URL, TEST_DATABASE_PREFIX } }) => {
  const connection = await createConnection(TEST_MARIADB_URL.replace(/^mariadb:/, 'mysql:'));
  const [rows] = await connection.query('SHOW DATABASES LIKE ?', [`${TEST_DATABASE_PREFIX.replaceAll('_', '\\_')}%`]);
  for (const name of rows.flatMap(Object.values)) await connection.query(`DROP DATABASE ${name}`);
  await connection.end();
};
