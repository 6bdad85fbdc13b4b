import type { ServerResponse } from 'node:http';
import { WEBHOOK_PLACES, type WebhookType } from '../../src/webhooks/webhook-types.js';
import { accept, verified, WebhookReceiver } from '../doubles/webhook-receiver.js';
import { makeCall, openDesk } from '../support/calls.js';
import { Cluster, startCluster } from '../support/cluster.js';
import { join, Person } from '../support/people.js';
import { until } from '../support/until.js';
import { setWebhook } from '../support/webhooks.js';

const CALLS = 20;
const SETTINGS = {
  CALLS_PER_PROJECT: '100',
  CALLS_PER_SECOND: '1000',
  CALL_LEASE_SECONDS: '3',
  CALL_POLL_MS: '50',
  CALL_RING_SECONDS: '600',
  WEBHOOK_ALLOWED_HOSTS: '127.0.0.1',
  WEBHOOK_LEASE_SECONDS: '3',
  WEBHOOK_POLL_MS: '50',
  WEBHOOK_TIMEOUT_MS: '60000',
};

let cluster: Cluster;
let receiver: WebhookReceiver;
let ada: Person;
beforeAll(async () => {
  receiver = new WebhookReceiver();
  await receiver.open();
  cluster = await startCluster(3, SETTINGS);
  ada = await join(cluster);
});
afterAll(async () => {
  await cluster.close();
  await receiver.close();
});

describe('Three instances, one of which is killed with -9 while it delivers webhooks,', () => {
  it('deliver every webhook at least once, and those of one call in order', async () => {
    const desk = await openDesk(cluster, ada);
    const secret = await setWebhook(cluster, ada, desk.projectId, receiver.url());
    const api = cluster.api.as(ada);
    const held: ServerResponse[] = [];
    receiver.answer = (response) => void held.push(response);
    const sids: string[] = [];
    for (let i = 0; i < CALLS; i += 1) {
      sids.push((await makeCall(cluster, ada, desk, { number: `+1555018${String(i).padStart(4, '0')}` })).sid);
    }
    // As many as three instances have under way for one project: some of them are those of the first one.
    await until(() => held.length === 15);
    await cluster.processes[0].stop('SIGKILL');
    cluster.proxy.ports = cluster.processes.slice(1).map(({ port }) => port);
    receiver.answer = accept;
    for (const response of held) accept(response);
    for (const sid of sids) await api.post('/call/end-call', { sid });

    const path = `/project/${desk.projectId}/webhook-deliveries`;
    const isOver = async () => {
      const ended = receiver.hooks.filter(({ body }) => body.type === 'call.ended').map(({ body }) => body.call_id);
      return new Set(ended).size === CALLS && (await api.get(`${path}?state=queued`)).body.total === 0;
    };
    await until(isOver);
    const { total } = (await api.get(`${path}?state=delivered`)).body;
    expect(new Set(receiver.hooks.map(({ headers }) => headers['webhook-id'])).size).toBe(total);
    expect(receiver.hooks.length).toBeGreaterThan(total);
    for (const sid of sids) {
      const places = receiver.of(sid).map(({ body }) => WEBHOOK_PLACES[body.type as WebhookType]);
      expect(places).toEqual([...places].sort());
      expect(places).toEqual(expect.arrayContaining([0, 4]));
    }
    for (const hook of receiver.hooks) expect(verified(hook, secret)).toEqual(hook.body);
  });
});
