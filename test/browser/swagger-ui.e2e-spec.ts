import { Browser } from 'playwright-core';
import { describeInBrowser, openBrowser, openProfile } from '../support/browser.js';
import { FrontDoor } from '../support/front-door.js';
import { startApp, TestApp } from '../support/start-app.js';
import { SwaggerUi } from '../support/swagger-ui.js';

describeInBrowser('Swagger UI', () => {
  const door = new FrontDoor('/talkstack');
  let service: TestApp;
  let browser: Browser;

  beforeAll(async () => {
    await door.open();
    service = await startApp({ PUBLIC_URL: door.url });
    door.leadTo(service.api.url);
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await service?.close();
    await door.close();
  });

  it('works below a path of a proxy', async () => {
    const { context, problems, origins } = await openProfile(browser);
    const swagger = new SwaggerUi(await context.newPage());
    await swagger.open(door.url);
    expect((await swagger.execute('signUp')).status).toBe(200);
    expect(door.askedFor).toContain('/talkstack/auth/signup');
    expect(problems).toEqual([]);
    expect([...origins]).toEqual([new URL(door.url).origin]);
  });
});
