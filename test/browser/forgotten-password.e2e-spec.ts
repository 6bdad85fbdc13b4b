import { describeInBrowser, openProfile } from '../support/browser.js';
import { Site } from '../support/site.js';
import { SwaggerUi } from '../support/swagger-ui.js';

const NEW_PASSWORD = 'seven quiet lighthouses';

describeInBrowser('Somebody who forgot their password', () => {
  const site = new Site();
  const { door } = site;

  beforeAll(() => site.open({ NODE_ENV: 'development', SMTP_URL: '' }));
  afterAll(() => site.close());

  /** The code of the newest letter. */
  const mailedCode = async (): Promise<string> =>
    String(/\b\d{6}\b/.exec((await site.service.api.get('/dev/mail/latest')).body));

  it('asks for a link, opens it from the e-mail, chooses a new password, and logs in', async () => {
    const { context, problems, origins } = await openProfile(site.browser);
    const docs = await context.newPage();
    const swagger = new SwaggerUi(docs);
    await swagger.open(door.url);
    await swagger.execute('signUp');
    await swagger.execute('verifyEmail', { code: await mailedCode() });
    expect((await swagger.execute('forgotPassword')).status).toBe(200);

    const mail = await context.newPage();
    await mail.goto(`${door.url}/dev/mail`);
    await mail.getByRole('link', { name: 'Reset your Talkstack password' }).click();
    const opening = mail.waitForEvent('popup');
    await mail.frameLocator('iframe').getByRole('link', { name: 'Choose a new password' }).click();
    const page = await opening;
    await page.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD);
    await page.getByRole('button', { name: 'Save new password' }).click();
    await page.getByRole('heading', { name: 'Password changed' }).waitFor();

    await docs.bringToFront();
    expect((await swagger.execute('logIn')).status).toBe(401);
    const login = await swagger.execute('logIn', { password: NEW_PASSWORD });
    expect(login).toMatchObject({ status: 200, body: { loginStatus: 7 } });

    await mail.bringToFront();
    await mail.goto(`${door.url}/dev/mail`);
    await mail.getByRole('link', { name: 'Your Talkstack password was changed' }).waitFor();
    expect(problems).toEqual([]);
    expect([...origins]).toEqual([door.url]);
  });
});
