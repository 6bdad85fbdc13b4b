import { insertAgent } from '../support/agents.js';
import { join, Person } from '../support/people.js';
import { createProject } from '../support/projects.js';
import { startApp, TestApp } from '../support/start-app.js';

let service: TestApp;
let ada: Person;
let projectId: string;
let agentId: string;
beforeAll(async () => {
  service = await startApp();
  ada = await join(service);
  const project = await createProject(service, ada);
  projectId = project.id;
  agentId = await insertAgent(service, project);
});
afterAll(() => service.close());

const add = (e164: unknown) => service.api.as(ada).post('/phone-number/add-number', { e164, agentId, projectId });

describe('A phone number in E.164 form', () => {
  it.each([
    ['+12025550123', 'US'],
    ['+15005550006', 'US'],
    ['+16042345678', 'CA'],
    ['+442079460958', 'GB'],
    ['+4915112345678', 'DE'],
    ['+390236618300', 'IT'],
    ['+77012345678', 'KZ'],
    ['+6834000', 'NU'],
  ])('%s is taken, and tells its country %s', async (e164, country) => {
    expect(await add(e164)).toMatchObject({ status: 200, body: { data: { e164, country } } });
  });

  it.each(['+15550100002', '+15550100003', '+80012345678', '+88212345678'])(
    '%s is taken, though it tells no country: examples use it, or several countries',
    async (e164) => {
      expect(await add(` ${e164}\n`)).toMatchObject({ status: 200, body: { data: { e164, country: null } } });
    },
  );

  it.each([
    ['a national one', '02025550123'],
    ['without the plus sign', '12025550123'],
    ['with an international prefix', '0012025550123'],
    ['with brackets', '+1(202)5550123'],
    ['with blanks inside', '+1 202 555 0123'],
    ['with dashes', '+1-202-555-0123'],
    ['with an extension', '+12025550123;ext=5'],
    ['as a link', 'tel:+12025550123'],
    ['with letters', '+1800FLOWERS'],
    ['with a national prefix in it', '+4402079460958'],
    ['in full-width digits', '＋１２０２５５５０１２３'],
    ['in Arabic digits', '+١٢٠٢٥٥٥٠١٢٣'],
    ['with an invisible mark', '+1202555\u200b0123'],
    ['too short', '+1202555'],
    ['too long for its country', '+1202555012345'],
    ['too long for any', '+1202555012345678'],
    ['of no country', '+999123456789'],
    ['beginning with nought', '+0123456789'],
    ['a plus sign alone', '+'],
    ['two plus signs', '++12025550123'],
    ['a word', 'none'],
    ['a pattern', '+1202555*'],
    ['very long', `+${'1'.repeat(5000)}`],
    ['half a character', '\ud800'],
  ])('is refused %s', async (_, e164) => {
    expect(await add(e164)).toMatchObject({
      status: 400,
      body: { code: 'NUMBER_INVALID', errors: [{ field: 'e164' }] },
    });
    const removed = await service.api.as(ada).post('/phone-number/remove-number', { e164 });
    expect(removed).toMatchObject({ status: 400, body: { code: 'NUMBER_INVALID' } });
  });
});
