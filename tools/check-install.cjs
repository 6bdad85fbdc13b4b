// Ends with one plain line where npm would only say that a program or a file is not there: `build` where what builds the service is not
// installed (after `npm ci --omit=dev`), `built` where nothing was built.
var existsSync = require('node:fs').existsSync;
var join = require('node:path').join;

var ROOT = join(__dirname, '..');
var CHECKS = {
  build: ['node_modules/@nestjs/cli', 'What builds the service is not installed: run "npm ci" without --omit=dev.'],
  built: [
    'dist/bundle/start.cjs',
    'The service is not built: run "npm ci && npm run build", or copy dist from where it was built.',
  ],
};

var check = CHECKS[process.argv[2]];
if (!existsSync(join(ROOT, check[0]))) {
  var alternative = process.argv[2] === 'build' && existsSync(join(ROOT, CHECKS.built[0]));
  process.stderr.write(check[1] + (alternative ? ' "npm run start:prod" starts what is built.' : '') + '\n');
  process.exit(1);
}
