import { createServer } from 'node:http';
import { AddressInfo } from 'node:net';
import { watchLateness } from './lateness.js';

/** A process that does nothing: how late its timers are is what this machine makes of any process. Each request ends a measurement. */
let stop = watchLateness();
const server = createServer((_, response) => {
  response.end(JSON.stringify(stop()));
  stop = watchLateness();
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.once('SIGTERM', () => process.exit(0));
