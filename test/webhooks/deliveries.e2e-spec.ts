import { randomBytes } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import { DAY_MS } from '../../src/common/clock.js';
import { Database } from '../../src/database/database.js';
import { HousekeepingService } from '../../src/housekeeping/housekeeping.service.js';
import { WebhookContent } from '../../src/webhooks/webhook-content.entity.js';
import { accept, verified, WebhookReceiver } from '../doubles/webhook-receiver.js';
import { ApiClient } from '../support/api-client.js';
import { makeApiKey } from '../support/credentials.js';
import { join } from '../support/people.js';
import { countRows } from '../support/rows.js';
import { TIME } from '../support/shapes.js';
import { startApp, TestApp } from '../support/start-app.js';
import { deliver, happen, HookedProject, hookedProject, setWebhook, WEBHOOK_SETTINGS } from '../support/webhooks.js';

const METRICS_TOKEN = 'a token for metrics alone';

let service: TestApp;
let receiver: WebhookReceiver;
let ada: { apiKey: string };
let api: ApiClient;
let project: HookedProject;
beforeAll(async () => {
  receiver = new WebhookReceiver();
  await receiver.open();
  service = await startApp({ ...WEBHOOK_SETTINGS, WEBHOOK_TIMEOUT_MS: '300', METRICS_TOKEN });
  // The clock moves further than a token lasts.
  ada = { apiKey: await makeApiKey(service, await join(service)) };
  api = service.api.as(ada);
});
beforeEach(async () => {
  receiver.answer = accept;
  project = await hookedProject(service, ada, receiver.url());
});
afterAll(async () => {
  await service.close();
  await receiver.close();
});

const path = (more = '') => `/project/${project.id}/webhook-deliveries${more}`;
const listed = async (query = '') => (await api.get(path(query))).body.deliveries;
const refuse = (status: number) => {
  receiver.answer = (response) => void response.writeHead(status).end('what only they know');
};

describe('The deliveries of a project', () => {
  it('are listed with what became of them, the newest first, in pages and by state', async () => {
    const callId = await happen(service, project, ['call.queued']);
    await deliver(service);
    refuse(500);
    await happen(service, project, ['call.ended'], { callId });
    await deliver(service);
    const [ended, queued] = await listed();
    const both = { id: expect.any(String), call_id: callId, createdAt: TIME, triedAt: TIME, tries: 1 };
    const error = { lastError: 'the receiver answered 500', nextTryAt: TIME };
    expect(ended).toEqual({ ...both, type: 'call.ended', state: 'queued', status: 500, ...error });
    const done = { type: 'call.queued', state: 'delivered', status: 204, lastError: null, nextTryAt: null };
    expect(queued).toEqual({ ...both, ...done });
    expect(await listed('?state=delivered')).toEqual([queued]);
    expect(await listed('?state=failed')).toEqual([]);
    const { headers, body } = await api.get(path('?pageSize=1'));
    expect([body.deliveries, body.total, headers.get('x-total-count')]).toEqual([[ended], 2, '2']);
    expect(headers.get('link')).toContain(`after=${ended.id}`);
    expect(await listed(`?pageSize=1&after=${ended.id}`)).toEqual([queued]);
    expect(await api.get(path('?state=lost'))).toMatchObject({ status: 400, body: { errors: [{ field: 'state' }] } });
    expect(JSON.stringify(body) + service.logs.join('')).not.toContain('what only they know');
  });

  it('are replayed with the same id and content', async () => {
    refuse(410);
    const callId = await happen(service, project, ['call.queued']);
    await deliver(service);
    receiver.answer = accept;
    const [{ id }] = await listed();
    const replayed = await api.post(path(`/${id.toUpperCase()}/replay`), {});
    expect(replayed).toMatchObject({ status: 200, body: { delivery: { id, state: 'queued', tries: 0 } } });
    await deliver(service);
    const [first, second] = receiver.of(callId);
    expect([second.headers['webhook-id'], second.text]).toEqual([id, first.text]);
    expect(verified(second, project.secret)).toEqual(first.body);
    expect(await listed()).toMatchObject([{ state: 'delivered', tries: 1 }]);
    for (const unknown of [uuid(), 'none', '%00']) {
      expect((await api.post(path(`/${unknown}/replay`), {})).body.code).toBe('WEBHOOK_DELIVERY_NOT_FOUND');
    }
  });

  it('arrive whole, however long they are, and are given up when their content is lost', async () => {
    // Longer than a column of MariaDB, and nothing that could be made shorter.
    const text = randomBytes(200_000).toString('base64');
    const callId = await happen(service, project, ['call.queued'], { text });
    await deliver(service);
    expect(receiver.of(callId)[0].body.data.text).toBe(text);
    const [{ id }] = await listed();
    expect(await countRows(service, 'webhook_contents', `delivery_id = '${id}'`)).toBeGreaterThan(4);
    // As after a lost APP_SECRET.
    const lost = { deliveryId: id, position: 2 };
    await service.app.get(Database).write(({ manager }) => manager.delete(WebhookContent, lost));
    const replayed = await api.post(path(`/${id}/replay`), {});
    expect(replayed).toMatchObject({ status: 200, body: { delivery: { state: 'queued', tries: 0 } } });
    await deliver(service);
    expect(await listed()).toMatchObject([{ state: 'failed', lastError: 'its content cannot be read any more' }]);
    expect(receiver.of(callId)).toHaveLength(1);
  });

  it('have one test at most, which tells of nothing', async () => {
    for (let i = 0; i < 3; i += 1) {
      const { status, body } = await api.post(path('/test'), {});
      expect([status, body.delivery]).toEqual([200, expect.objectContaining({ type: 'webhook.test', call_id: null })]);
      await deliver(service);
    }
    expect(await listed()).toMatchObject([{ type: 'webhook.test', state: 'delivered' }]);
    const hook = receiver.hooks[receiver.hooks.length - 1];
    expect(verified(hook, project.secret)).toMatchObject({ type: 'webhook.test', data: { projectId: project.id } });
    await setWebhook(service, ada, project.id, null);
    expect(await api.post(path('/test'), {})).toMatchObject({ status: 400, body: { code: 'WEBHOOK_NOT_SET' } });
  });

  it('go to where the webhook leads at each try, and nowhere when it is removed', async () => {
    refuse(500);
    const callId = await happen(service, project, ['call.queued', 'call.ended']);
    await deliver(service);
    await setWebhook(service, ada, project.id, receiver.url('/moved'));
    receiver.answer = accept;
    service.clock.advance(10_000);
    await deliver(service);
    expect(receiver.of(callId).map((hook) => hook.path)).toEqual(['/calls', '/moved', '/moved']);
    refuse(500);
    const other = await happen(service, project, ['call.queued', 'call.ended']);
    await deliver(service);
    await setWebhook(service, ada, project.id, null);
    service.clock.advance(10_000);
    await deliver(service);
    expect(receiver.of(other)).toHaveLength(1);
    const [ended, queued] = await listed();
    expect([ended, queued].map(({ state }) => state)).toEqual(['canceled', 'canceled']);
    expect(queued.lastError).toBe('the project has no webhook any more');
  });

  it('go with their project, also those that are just being made', async () => {
    await happen(service, project, ['call.queued']);
    await deliver(service);
    refuse(500);
    await happen(service, project, ['call.queued', 'call.ended']);
    await deliver(service);
    const contents = await countRows(service, 'webhook_contents');
    receiver.answer = () => undefined;
    const underWay = await happen(service, project, ['call.queued']);
    await receiver.untilSome(underWay, 1);
    expect((await api.delete(`/project/${project.id}`)).status).toBe(200);
    await deliver(service);
    expect(await countRows(service, 'webhook_deliveries', `project_id = '${project.id}'`)).toBe(0);
    expect(await countRows(service, 'webhook_contents')).toBe(contents - 3);
  });

  it('are counted in the metrics, by what became of them', async () => {
    const read = async () => (await service.api.as({ token: METRICS_TOKEN }).get('/metrics')).body as string;
    const figure = async (name: string) => Number(new RegExp(`\\n${name} (\\S+)`).exec(await read())?.[1]);
    const delivered = 'webhook_deliveries_settled_total\\{state="delivered"\\}';
    const before = [await figure(delivered), await figure('webhook_deliveries_waiting')];
    await happen(service, project, ['call.queued']);
    await deliver(service);
    refuse(500);
    await happen(service, project, ['call.queued']);
    await deliver(service);
    const after = [await figure(delivered), await figure('webhook_deliveries_waiting')];
    expect(after.map((one, i) => one - before[i])).toEqual([1, 1]);
    expect(await figure('webhook_tries_total')).toBeGreaterThan(1);
    service.clock.advance(DAY_MS);
    expect(await figure('webhook_queue_age_seconds')).toBeGreaterThan(80_000);
  });

  it('are deleted WEBHOOK_RETENTION_DAYS after they were settled, and not while they wait', async () => {
    await happen(service, project, ['call.queued']);
    await deliver(service);
    refuse(500);
    await happen(service, project, ['call.queued']);
    await deliver(service);
    service.clock.advance(8 * DAY_MS);
    await service.app.get(HousekeepingService).run();
    expect(await listed()).toMatchObject([{ state: 'queued' }]);
  });
});
