import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, Server } from 'node:https';
import { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { WebhookReceiver } from '../doubles/webhook-receiver.js';
import { makeCertificates } from '../support/certificates.js';
import { describeWith } from '../support/describe-with.js';
import { findProgram } from '../support/own-mariadb.js';
import { join, Person } from '../support/people.js';
import { startApp, TestApp } from '../support/start-app.js';
import { startProcess } from '../support/start-process.js';
import { until } from '../support/until.js';
import { deliveriesOf, deliver, happen, hookedProject, WEBHOOK_SETTINGS } from '../support/webhooks.js';

const PUBLIC = '93.184.216.34';

let service: TestApp;
let receiver: WebhookReceiver;
let ada: Person;
beforeAll(async () => {
  receiver = new WebhookReceiver();
  await receiver.open();
  service = await startApp({ ...WEBHOOK_SETTINGS, WEBHOOK_ALLOWED_HOSTS: '127.0.0.1,inside.example,localhost' });
  ada = await join(service);
});
afterAll(async () => {
  await service.close();
  await receiver.close();
});

const urlAt = (host: string) => receiver.url('/calls', host).replace('http:', 'https:');

/** Lets something happen in a project with this webhook, and returns what became of its delivery. */
async function deliveryTo(url: string, on = service) {
  const callId = await happen(on, await hookedProject(service, ada, url), ['call.queued']);
  await deliver(on);
  return (await deliveriesOf(on, callId))[0];
}

describe('A webhook', () => {
  it.each([
    ['this machine', '127.0.0.1'],
    ['this machine in IPv6', '::1'],
    ['this machine as IPv4 in IPv6', '::ffff:127.0.0.1'],
    ['a private network', '10.0.0.1'],
    ['a private network in IPv6', 'fd00::1'],
    ['the metadata of a cloud', '169.254.169.254'],
    ['one of two addresses inside', PUBLIC, '192.168.0.1'],
  ])('is not delivered to a name that leads to %s by now', async (_, ...addresses) => {
    service.names.set('changing.example', PUBLIC);
    const project = await hookedProject(service, ada, urlAt('changing.example'));
    service.names.set('changing.example', ...addresses);
    const before = receiver.connections;
    const callId = await happen(service, project, ['call.queued']);
    await deliver(service);
    const [delivery] = await deliveriesOf(service, callId);
    expect(delivery).toMatchObject({ state: 'queued', lastError: 'the URL must lead to a public host' });
    expect(receiver.connections).toBe(before);
  });

  it('is not delivered to a name without an address', async () => {
    const { lastError } = await deliveryTo(urlAt('nowhere.example'));
    expect(lastError).toBe('the URL has a host without an address');
  });

  it('is delivered to what the operator allows, as long as that is so', async () => {
    service.names.set('inside.example', '127.0.0.1');
    for (const host of ['127.0.0.1', 'inside.example', 'localhost']) {
      expect(await deliveryTo(receiver.url('/calls', host))).toMatchObject({ state: 'delivered' });
    }
    const strict = await service.another({ WEBHOOK_ALLOWED_HOSTS: '' });
    const before = receiver.hooks.length;
    expect((await deliveryTo(receiver.url(), strict)).lastError).toBe('the URL must begin with https://');
    for (const host of ['127.0.0.1', 'inside.example', 'localhost']) {
      expect((await deliveryTo(urlAt(host), strict)).lastError).toBe('the URL must lead to a public host');
    }
    expect(receiver.hooks.length).toBe(before);
  });
});

describeWith('openssl', findProgram('openssl') !== undefined)('A webhook over TLS', () => {
  let folder: string;
  let server: Server;
  let port: number;
  const taken: string[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(joinPath(tmpdir(), 'talkstack-webhooks-'));
    makeCertificates(folder, 'IP:127.0.0.1');
    const [key, cert] = ['server.key', 'server.pem'].map((file) => readFileSync(joinPath(folder, file)));
    server = createServer({ key, cert }, (request, response) => {
      taken.push(String(request.headers['webhook-id']));
      response.writeHead(204).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ({ port } = server.address() as AddressInfo);
  });
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });

  it('is not delivered to a certificate of an authority that nobody knows', async () => {
    const { lastError } = await deliveryTo(`https://127.0.0.1:${port}/calls`);
    expect(lastError).toMatch(/^TLS failed \([A-Z_]+\)$/);
    expect(taken).toEqual([]);
  });

  it('is delivered to the certificate of the host, and of no other host', async () => {
    const settings = { ...service.settings, DATABASE_URL: service.database.url, SMTP_URL: service.mailbox.url };
    const trusting = { NODE_EXTRA_CA_CERTS: joinPath(folder, 'ca.pem'), SQLITE_SHARED: 'on' };
    const instance = await startProcess({ ...settings, ...trusting }, folder);
    const api = instance.api.as(ada);
    const tested = async (url: string) => {
      const project = await hookedProject(service, ada, url);
      const path = `/project/${project.id}/webhook-deliveries`;
      await api.post(`${path}/test`, {});
      return until(async () => (await api.get(path)).body.deliveries.find(({ triedAt }: any) => triedAt !== null));
    };
    const elsewhere = await tested(`https://localhost:${port}/calls`);
    const delivery = await tested(`https://127.0.0.1:${port}/calls`);
    await instance.stop('SIGKILL');
    expect(elsewhere.lastError).toBe('TLS failed (ERR_TLS_CERT_ALTNAME_INVALID)');
    expect(delivery.state).toBe('delivered');
    expect([taken.includes(elsewhere.id), taken.includes(delivery.id)]).toEqual([false, true]);
  });
});
