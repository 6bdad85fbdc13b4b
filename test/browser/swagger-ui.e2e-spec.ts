import { describeInBrowser, openProfile } from '../support/browser.js';
import { openDesk } from '../support/calls.js';
import { fitsIntoWidth } from '../support/page-checks.js';
import { join } from '../support/people.js';
import { Site } from '../support/site.js';
import { SwaggerUi } from '../support/swagger-ui.js';

describeInBrowser('Swagger UI', () => {
  const site = new Site('/talkstack');
  const { door } = site;

  beforeAll(() => site.open());
  afterAll(() => site.close());

  it('works behind a proxy that serves it below a path', async () => {
    const { context, problems, origins } = await openProfile(site.browser);
    const swagger = new SwaggerUi(await context.newPage());
    await swagger.open(door.url);
    expect((await swagger.execute('signUp')).status).toBe(200);
    expect(door.askedFor).toContain('/talkstack/auth/signup');
    expect(problems).toEqual([]);
    expect([...origins]).toEqual([new URL(door.url).origin]);
  });

  it('makes a call by the example of makeCall, and another one the next time', async () => {
    const ada = await join(site.service);
    const { projectId, agentId } = await openDesk(site.service, ada);
    const { context } = await openProfile(site.browser);
    const swagger = new SwaggerUi(await context.newPage());
    await swagger.open(door.url);
    await swagger.authorize('bearer', ada.token);
    const sids = new Set();
    for (let i = 0; i < 2; i += 1) {
      const { status, body } = await swagger.execute('makeCall', { projectId, agentId });
      expect([status, body.call?.status]).toEqual([200, 'queued']);
      sids.add(body.call.sid);
    }
    expect(sids.size).toBe(2);
  });

  it('fits into 360 pixels: the list of operations, a response, and the credentials', async () => {
    const { context } = await openProfile(site.browser, { viewport: { width: 360, height: 740 } });
    const page = await context.newPage();
    const swagger = new SwaggerUi(page);
    await swagger.open(door.url);
    expect(await fitsIntoWidth(page)).toBe(true);
    for (const operation of ['signUp', 'currentUser', 'listProjects']) {
      await swagger.execute(operation);
      expect({ operation, fits: await fitsIntoWidth(page) }).toEqual({ operation, fits: true });
    }
    await page.getByRole('button', { name: 'Authorize', exact: true }).click();
    expect(await fitsIntoWidth(page)).toBe(true);
  });
});
