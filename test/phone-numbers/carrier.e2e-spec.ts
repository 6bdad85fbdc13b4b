import { ServerResponse } from 'node:http';
import { insertAgent } from '../support/agents.js';
import { newNumber } from '../support/numbers.js';
import { join, Person } from '../support/people.js';
import { createProject, ProjectData } from '../support/projects.js';
import { countRows } from '../support/rows.js';
import { startApp, TestApp } from '../support/start-app.js';
import { fail, TestTwilio } from '../support/test-twilio.js';

const NO_ID = '019b7a3e-7d5e-7c8a-9d3f-2b1c4d5e6f70';

const twilio = new TestTwilio();
let service: TestApp;
let impatient: TestApp;
let ada: Person;
let project: ProjectData;
let agentId: string;
beforeAll(async () => {
  await twilio.open();
  service = await startApp(twilio.settings);
  impatient = await service.another({ TWILIO_TIMEOUT_MS: '300' });
  ada = await join(service);
  project = await createProject(service, ada);
  agentId = await insertAgent(service, project);
});
beforeEach(() => {
  twilio.asked.length = 0;
});
afterAll(async () => {
  await service?.close();
  await twilio?.close();
});

const add = (e164: string, { api } = service, body: object = {}) =>
  api.as(ada).post('/phone-number/add-number', { e164, agentId, projectId: project.id, ...body });
const rowsOf = (e164: string) => countRows(service, 'phone_numbers', `e164 = '${e164}'`);

describe('With an account at Twilio a phone number', () => {
  it.each(['IncomingPhoneNumbers', 'OutgoingCallerIds'] as const)('is verified when it is in %s', async (list) => {
    const e164 = newNumber();
    twilio.numbers[list].push(e164);
    expect(await add(e164)).toMatchObject({ status: 200, body: { data: { e164, verification: 'verified' } } });
    expect(twilio.asked).toContain(`${list} ${e164}`);
  });

  it('is refused when it is in neither, and not kept', async () => {
    const e164 = newNumber();
    expect(await add(e164)).toMatchObject({ status: 400, body: { code: 'NUMBER_NOT_YOURS' } });
    expect(twilio.asked).toEqual([`IncomingPhoneNumbers ${e164}`, `OutgoingCallerIds ${e164}`]);
    expect(await rowsOf(e164)).toBe(0);
  });

  it('is not verified by a longer one that contains it', async () => {
    twilio.numbers.IncomingPhoneNumbers.push('+495550123456');
    expect(await add('+4955501234')).toMatchObject({ status: 400, body: { code: 'NUMBER_NOT_YOURS' } });
  });

  it('is found behind a page of others', async () => {
    const e164 = '+4955501235';
    const longer = Array.from({ length: 60 }, (_, i) => `${e164}${10 + i}`);
    twilio.numbers.OutgoingCallerIds.push(...longer, e164);
    expect(await add(e164)).toMatchObject({ status: 200, body: { data: { verification: 'verified' } } });
  });

  it('is not asked for again while it stays in its project', async () => {
    const e164 = newNumber();
    twilio.numbers.IncomingPhoneNumbers.push(e164);
    await add(e164);
    twilio.asked.length = 0;
    await twilio.failing(
      (response) => fail(response, 500, 20500, 'Internal Server Error'),
      async () => {
        const other = await insertAgent(service, project);
        expect(await add(e164, service, { agentId: other })).toMatchObject({ status: 200 });
        expect((await add(e164)).body.data).toMatchObject({ agentId, verification: 'verified' });
      },
    );
    expect(twilio.asked).toEqual([]);
    await service.api.as(ada).post('/phone-number/remove-number', { e164, release: true });
    expect((await add(e164)).status).toBe(200);
    expect(twilio.asked).toEqual([`IncomingPhoneNumbers ${e164}`]);
  });

  it('is not asked for when it is refused anyway', async () => {
    const e164 = newNumber();
    twilio.numbers.IncomingPhoneNumbers.push(e164);
    await add(e164);
    const other = await createProject(service, ada);
    const theirs = { projectId: other.id, agentId: await insertAgent(service, other) };
    twilio.asked.length = 0;
    expect((await add('+1555')).body.code).toBe('NUMBER_INVALID');
    expect((await add(e164, service, { projectId: NO_ID })).body.code).toBe('PROJECT_NOT_FOUND');
    expect((await add(e164, service, { agentId: NO_ID })).body.code).toBe('AGENT_NOT_FOUND');
    expect((await add(e164, service, theirs)).body.code).toBe('NUMBER_TAKEN');
    expect(twilio.asked).toEqual([]);
  });

  it('that was kept before there was an account is looked at when it is linked again', async () => {
    const before = await service.another({ TWILIO_ACCOUNT_SID: '', TWILIO_AUTH_TOKEN: '' });
    const [ours, none] = [newNumber(), newNumber()];
    twilio.numbers.IncomingPhoneNumbers.push(ours);
    for (const e164 of [ours, none]) {
      expect((await add(e164, before)).body.data).toMatchObject({ verification: 'unverified' });
    }
    expect(twilio.asked).toEqual([]);
    expect((await add(ours)).body.data).toMatchObject({ verification: 'verified' });
    expect((await add(ours, before)).body.data).toMatchObject({ verification: 'verified' });
    expect((await add(none)).body.code).toBe('NUMBER_NOT_YOURS');
  });
});

describe('While Twilio cannot tell', () => {
  const html = (response: ServerResponse) => void response.end('<html>Bad gateway</html>');
  const drops = (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(timer));
  };

  async function expectUnavailable(instance: TestApp, failure: (response: ServerResponse) => void, reason: RegExp) {
    const e164 = newNumber();
    twilio.numbers.IncomingPhoneNumbers.push(e164);
    const logged = instance.logs.length;
    await twilio.failing(failure, async () => {
      const { status, body, headers } = await add(e164, instance);
      expect({ status, code: body.code }).toEqual({ status: 503, code: 'CARRIER_UNAVAILABLE' });
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    });
    // The access log names the code too.
    const isError = (line: string) => line.includes('CARRIER_UNAVAILABLE') && line.includes('"err"');
    const lines = instance.logs.slice(logged).filter(isError);
    expect(lines.map((line) => JSON.parse(line).err.message)).toEqual([expect.stringMatching(reason)]);
    expect(await rowsOf(e164)).toBe(0);
    expect((await add(e164)).status).toBe(200);
  }

  it.each<[string, (response: ServerResponse) => void]>([
    ['it hangs', () => undefined],
    ['its answer comes in drops', drops],
  ])('as %s, a number is answered 503 after a while', async (_, failure) => {
    await expectUnavailable(impatient, failure, /cannot be reached: E/);
  });

  it.each<[string, (response: ServerResponse) => void, RegExp]>([
    ['it hangs up', (response) => void response.destroy(), /cannot be reached: ECONNRESET/],
    ['it fails', (response) => fail(response, 500, 20500, 'Internal Server Error'), /answered 500/],
    ['it is in maintenance', (response) => fail(response, 503, 20503, 'Service Unavailable'), /answered 503/],
    ['it is asked too much', (response) => fail(response, 429, 20429, 'Too Many Requests'), /answered 429/],
    ['it answers another page', html, /none of its answers/],
    ['it answers nothing', (response) => void response.end(), /none of its answers/],
    ['it answers null', (response) => void response.end('null'), /none of its answers/],
    ['it answers another thing', (response) => void response.end('{"meta":{}}'), /none of its answers/],
    ['it leads elsewhere', (response) => void response.writeHead(302, { location: '/' }).end(), /answered 302/],
    ['its failure is no JSON', (response) => void response.writeHead(502).end('Bad gateway'), /answered 502/],
  ])('as %s, a number is answered 503 with Retry-After, and not kept', (_, failure, reason) =>
    expectUnavailable(service, failure, reason),
  );

  it('as nobody is there, a number is answered 503', async () => {
    const nowhere = await service.another({ TWILIO_API_URL: 'http://127.0.0.1:1' });
    expect(await add(newNumber(), nowhere)).toMatchObject({ status: 503, body: { code: 'CARRIER_UNAVAILABLE' } });
  });

  it('as it refuses our credentials, a number is answered 503, and the log tells the operator', async () => {
    const wrong = await service.another({ TWILIO_AUTH_TOKEN: '0123456789abcdef'.repeat(2) });
    expect(await add(newNumber(), wrong)).toMatchObject({ status: 503, body: { code: 'CARRIER_UNAVAILABLE' } });
    const lines = wrong.logs.map((line) => JSON.parse(line)).filter(({ level }) => level >= 50);
    expect(lines).toMatchObject([
      { err: { message: 'Twilio does not accept TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN' } },
    ]);
  });

  it('everything else goes on, and the credentials are in no line of the log', async () => {
    await twilio.failing(
      () => undefined,
      async () => {
        const waiting = add(newNumber(), impatient);
        expect((await impatient.api.as(ada).get('/user/me')).status).toBe(200);
        expect((await createProject(impatient, ada)).status).toBe('ACTIVE');
        expect((await waiting).status).toBe(503);
      },
    );
    const basic = Buffer.from(`${twilio.accountSid}:${twilio.authToken}`).toString('base64');
    const log = [...service.logs, ...impatient.logs].join('\n');
    for (const secret of [twilio.authToken, twilio.accountSid, basic]) expect(log).not.toContain(secret);
  });
});
