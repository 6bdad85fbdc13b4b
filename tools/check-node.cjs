// Ends with one plain line on a Node.js that is too old, where the service itself would fail with an unreadable error. Old syntax only.
var wanted = require('../package.json').engines.node.replace('>=', '').split('.').map(Number);
var present = process.versions.node.split('.').map(Number);
var isOlder = present[0] < wanted[0] || (present[0] === wanted[0] && present[1] < wanted[1]);
if (isOlder) {
  process.stderr.write(
    'Talkstack server needs Node.js ' + wanted.join('.') + ' or newer. This is ' + process.versions.node + '.\n',
  );
  process.exit(1);
}
