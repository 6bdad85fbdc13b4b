import { NameResolver } from '../../src/webhooks/name-resolver.js';
import { isPublicAddress } from '../../src/config/addresses.js';
import { join, Person } from '../support/people.js';
import { createProject } from '../support/projects.js';
import { countRows } from '../support/rows.js';
import { startApp, TestApp } from '../support/start-app.js';
import { tablesWith } from '../support/tables.js';

/** 32 bytes in base64. */
const SECRET = /^whsec_[A-Za-z0-9+/]{43}=$/;
const URL_EXAMPLE = 'https://hooks.example.test/calls';

let service: TestApp;
let ada: Person;
let id: string;
beforeAll(async () => {
  service = await startApp({ WEBHOOK_ALLOWED_HOSTS: 'receiver, 127.0.0.2, fd00::1, Inside.Example.' });
  ada = await join(service);
  ({ id } = await createProject(service, ada));
  service.names.set('public.example', '93.184.216.34', '2606:2800:220:1::1');
  service.names.set('mixed.example', '93.184.216.34', '10.0.0.1');
  service.names.set('private.example', '192.168.1.1');
  service.names.set('inside.example', '10.0.0.1');
});
afterAll(() => service.close());

const add = (body: object) =>
  service.api.as(ada).post('/project/call-status/add-webhookurl', { projectId: id, ...body });
const update = (body: object) => service.api.as(ada).put(`/project/${id}`, body);
const webhook = async () => (await service.api.as(ada).get(`/project/${id}`)).body.data.call_status_webhook;

describe('The webhook of a project', () => {
  it.each(['webhookURL', 'webhookUrl'])('is set and removed under the name %s, at both endpoints', async (name) => {
    expect((await add({ [name]: ` ${URL_EXAMPLE} ` })).body).toEqual({
      message: expect.any(String),
      status: 'success',
      secret: expect.stringMatching(SECRET),
    });
    expect(await webhook()).toBe(URL_EXAMPLE);
    expect((await add({ [name]: null })).body).toEqual({ message: expect.any(String), status: 'success' });
    expect(await webhook()).toBeNull();
    expect((await update({ [name]: URL_EXAMPLE })).body.data.call_status_webhook).toBe(URL_EXAMPLE);
    expect((await update({ description: 'more' })).body.data.call_status_webhook).toBe(URL_EXAMPLE);
    expect((await update({ [name]: null })).body.data.call_status_webhook).toBeNull();
  });

  it('counts as missing when the request has neither name', async () => {
    for (const body of [{}, { webhookURL: '' }, { webhookUrl: ' ' }, { url: URL_EXAMPLE }]) {
      expect(await add(body)).toMatchObject({
        status: 400,
        body: { code: 'VALIDATION_FAILED', errors: [{ field: 'webhookURL', message: 'webhookURL is missing' }] },
      });
    }
    expect((await add({ projectId: null, webhookURL: URL_EXAMPLE })).body.errors).toMatchObject([
      { field: 'projectId' },
    ]);
    expect((await add({ webhookURL: 5 })).body.errors).toMatchObject([
      { message: 'webhookURL must be a string or null' },
    ]);
  });

  it('is stored in the normalised form in which it will be called', async () => {
    await add({ webhookURL: 'HTTPS://Public.Example:443/a b/../c?x=ä' });
    expect(await webhook()).toBe('https://public.example/c?x=%C3%A4');
  });

  it('cannot be set on a project that is not there, or somebody else’s', async () => {
    const bob = await join(service);
    const theirs = await createProject(service, bob);
    for (const projectId of [theirs.id, 'none', '019b7a3e-7d5e-7c8a-9d3f-2b1c4d5e6f70']) {
      expect(await add({ projectId, webhookURL: URL_EXAMPLE })).toMatchObject({
        status: 404,
        body: { code: 'PROJECT_NOT_FOUND' },
      });
    }
  });

  it.each([
    'the URL of our server',
    'hooks.example.test/calls',
    '//public.example/',
    'ftp://public.example/',
    'javascript:alert(1)',
    'file:///etc/passwd',
    'http://public.example/',
    'https://',
    'https://ada:secret@public.example/',
    'https://ada@public.example/',
    `https://public.example/${'a'.repeat(2048)}`,
    `https://public.example/${'ä'.repeat(400)}`,
  ])('is refused when it is %s', async (webhookURL) => {
    for (const answer of [await add({ webhookURL }), await update({ webhookURL })]) {
      expect(answer).toMatchObject({
        status: 400,
        body: { code: 'WEBHOOK_URL_INVALID', errors: [{ field: 'webhookURL' }] },
      });
    }
  });
});

describe('The webhook secret of a project', () => {
  const rotate = (projectId = id, as = ada) => service.api.as(as).post(`/project/${projectId}/webhook-secret`, {});

  it('stays the same until a new one is asked for, and is sealed at rest', async () => {
    const { secret } = (await add({ webhookURL: URL_EXAMPLE })).body;
    expect((await add({ webhookURL: URL_EXAMPLE })).body.secret).toBe(secret);
    const { status, body } = await rotate();
    expect([status, body.secret]).toEqual([200, expect.stringMatching(SECRET)]);
    expect(body.secret).not.toBe(secret);
    expect((await add({ webhookURL: URL_EXAMPLE })).body.secret).toBe(body.secret);
    for (const one of [secret, body.secret]) expect(await tablesWith(service, one.slice('whsec_'.length))).toEqual([]);
    expect(service.logs.join('')).not.toContain(secret);
  });

  it('is made for a project without a webhook too, is no other project’s, and goes with its project', async () => {
    const { id: projectId } = await createProject(service, ada);
    const { secret } = (await rotate(projectId)).body;
    expect((await add({ projectId, webhookURL: URL_EXAMPLE })).body.secret).toBe(secret);
    expect((await add({ webhookURL: URL_EXAMPLE })).body.secret).not.toBe(secret);
    await service.api.as(ada).delete(`/project/${projectId}`);
    expect(await countRows(service, 'webhook_secrets', `id = '${projectId}'`)).toBe(0);
    for (const unknown of [projectId, 'none']) expect((await rotate(unknown)).body.code).toBe('PROJECT_NOT_FOUND');
  });
});

describe('No webhook leads inside', () => {
  it.each([
    'localhost',
    'LOCALHOST.',
    'localhost..',
    '.',
    '127.0.0.1..',
    'sub.localhost',
    'database',
    'printer.local',
    'metadata.google.internal',
    '127.0.0.1',
    '127.0.0.1.',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '0177.0.0.1',
    '１２７.０.０.１',
    '127。0。0。1',
    '0',
    '0.0.0.0',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.0.1',
    '100.64.0.1',
    '169.254.169.254',
    '192.0.2.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '[::]',
    '[::1]:8443',
    '[::ffff:127.0.0.1]',
    '[::ffff:a9fe:a9fe]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[64:ff9b:1::7f00:1]',
    '[2002:7f00:1::]',
    '[2001:0:7f00:1::]',
    '[fe80::1]',
    '[fec0::1]',
    '[fc00::1]',
    '[fd00:ec2::254]',
    '[ff02::1]',
    '[2001:db8::1]',
    '[4000::1]',
    'private.example',
    'PRIVATE.example.',
    'mixed.example',
  ])('to the host %s', async (host) => {
    expect(await add({ webhookURL: `https://${host}/` })).toMatchObject({
      status: 400,
      body: { code: 'WEBHOOK_URL_INVALID', errors: [{ message: 'webhookURL must lead to a public host' }] },
    });
  });

  it('but to public hosts, and to names that have no address yet', async () => {
    const hosts = ['public.example', 'public.example.', 'unheard-of.example', '93.184.216.34', '[2606:2800:220:1::1]'];
    for (const host of [...hosts, '[::ffff:5db8:d822]', 'public.example:8443']) {
      expect({ host, status: (await add({ webhookURL: `https://${host}/` })).status }).toEqual({ host, status: 200 });
    }
    expect(service.names.asked).toEqual(expect.arrayContaining(['public.example', 'unheard-of.example']));
  });

  it('except to those that the operator names, which may be reached by http too', async () => {
    for (const host of [
      'receiver',
      'RECEIVER.',
      'receiver:8080',
      '127.0.0.2',
      '0x7f.2',
      '[FD00:0::1]',
      'inside.example',
    ]) {
      for (const protocol of ['http', 'https']) {
        expect({ host, status: (await add({ webhookURL: `${protocol}://${host}/` })).status }).toEqual({
          host,
          status: 200,
        });
      }
    }
    for (const host of ['receiver.example', '127.0.0.3', 'evil.receiver', 'receiver@evil.example']) {
      expect((await add({ webhookURL: `http://${host}/` })).status).toBe(400);
    }
  });

  it('and no name that the domain name system cannot have is a failure', async () => {
    const names = [
      'name.invalid',
      'a..invalid',
      `${'a'.repeat(70)}.invalid`,
      `${'a.'.repeat(200)}invalid`,
      '*.invalid',
      '',
    ];
    for (const name of names) expect(await new NameResolver().addressesOf(name)).toEqual([]);
  });

  it('for isPublicAddress accepts public and rejects private addresses', () => {
    expect(['93.184.216.34', '2606:2800:220:1::1', '::ffff:93.184.216.34'].map(isPublicAddress)).toEqual([
      true,
      true,
      true,
    ]);
    expect(['127.0.0.1', '::1', '::ffff:10.0.0.1', 'fe80::1%eth0', 'example', ''].filter(isPublicAddress)).toEqual([]);
  });
});
