import { describeInBrowser, openProfile } from '../support/browser.js';
import { Site } from '../support/site.js';
import { SwaggerUi } from '../support/swagger-ui.js';

describeInBrowser('Swagger UI', () => {
  const site = new Site('/talkstack');
  const { door } = site;

  beforeAll(() => site.open());
  afterAll(() => site.close());

  it('works below a path of a proxy', async () => {
    const { context, problems, origins } = await openProfile(site.browser);
    const swagger = new SwaggerUi(await context.newPage());
    await swagger.open(door.url);
    expect((await swagger.execute('signUp')).status).toBe(200);
    expect(door.askedFor).toContain('/talkstack/auth/signup');
    expect(problems).toEqual([]);
    expect([...origins]).toEqual([new URL(door.url).origin]);
  });
});
