import { TestApp } from '../support/start-app.js';
import { from, newIp } from './clients.js';

/** Each call gives the service as one more client of the same network reaches it, behind an IP of its own. */
export function inOneNetwork(service: TestApp): () => TestApp {
  const network = newIp().replace(/\d+$/, '');
  let host = 1;
  return () => from(service, `${network}${(host += 1)}`);
}
