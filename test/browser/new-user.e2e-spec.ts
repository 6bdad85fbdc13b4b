import { Browser, Page } from 'playwright-core';
import { describeInBrowser, openBrowser, openProfile, Profile } from '../support/browser.js';
import { startApp, TestApp } from '../support/start-app.js';
import { SwaggerUi } from '../support/swagger-ui.js';

const EMAIL = 'ada@example.com';

describeInBrowser('A new user with a browser and a service that was just started', () => {
  let service: TestApp;
  let browser: Browser;
  let profile: Profile;
  let docs: Page;
  let mail: Page;
  let swagger: SwaggerUi;
  let token: string;
  let apiKey: string;

  beforeAll(async () => {
    service = await startApp({ NODE_ENV: 'development', SMTP_URL: '' });
    browser = await openBrowser();
    profile = await openProfile(browser);
    docs = await profile.context.newPage();
    mail = await profile.context.newPage();
    // A browser hardly draws tabs that are not in front, and clicks wait for what is drawn.
    await docs.bringToFront();
    swagger = new SwaggerUi(docs);
  });
  afterAll(async () => {
    await browser?.close();
    await service?.close();
  });
  afterEach(() => {
    expect(profile.problems).toEqual([]);
    expect([...profile.origins]).toEqual([service.api.url]);
  });

  /** The code as the letter shows it, in the list, in the letter and in its text part. */
  const readCode = async (): Promise<string> => {
    await mail.bringToFront();
    await mail.goto(`${service.api.url}/dev/mail`);
    const [newest] = await mail.getByRole('listitem').all();
    expect(await newest.innerText()).toContain(`to ${EMAIL}`);
    const subject = await newest.getByRole('link').innerText();
    const [code] = /^\d{6}/.exec(subject) ?? [];
    await newest.getByRole('link').click();
    await mail.getByRole('heading', { name: subject, level: 1 }).waitFor();
    const letter = mail.frameLocator('iframe');
    await letter.getByText('Hello Ada,').waitFor();
    expect(await letter.getByText(/^\d{6}$/).innerText()).toBe(code);
    await docs.bringToFront();
    return String(code);
  };

  it('signs up in Swagger UI with the unchanged example', async () => {
    await swagger.open(service.api.url);
    const { status, body } = await swagger.execute('signUp');
    expect({ status, body }).toMatchObject({ status: 200, body: { user: { email: EMAIL }, signupStatus: 3 } });
  });

  it('cannot log in before the address is verified, and is told why', async () => {
    const { status, body } = await swagger.execute('logIn');
    expect({ status, body }).toMatchObject({ status: 401, body: { code: 'ACCOUNT_NOT_VERIFIED', loginStatus: 2 } });
  });

  it('reads the code in the development mailbox, and enters it', async () => {
    const { status, body } = await swagger.execute('verifyEmail', { code: await readCode() });
    expect({ status, body }).toMatchObject({ status: 200, body: { status: 'success', verificationStatus: 2 } });
  });

  it('logs in with the unchanged example', async () => {
    const { status, body } = await swagger.execute('logIn');
    expect({ status, body }).toMatchObject({ status: 200, body: { loginStatus: 7 } });
    token = body.token;
  });

  it('can call guarded operations with the token, and not without it', async () => {
    expect(await swagger.execute('currentUser')).toMatchObject({ status: 401, body: { code: 'UNAUTHORIZED' } });
    await swagger.authorize('bearer', token);
    const { status, body } = await swagger.execute('currentUser');
    expect({ status, body }).toMatchObject({ status: 200, body: { user: { email: EMAIL, verified: true } } });
  });

  it('makes an API key, and can call operations with key and token or with the key alone', async () => {
    const made = await swagger.execute('generateApiKey');
    expect(made).toMatchObject({ status: 200, body: { apiKey: expect.stringMatching(/^[0-9a-f]{64}$/) } });
    apiKey = made.body.apiKey;
    await swagger.authorize('apiKey', apiKey);
    const withBoth = await swagger.execute('currentUser');
    expect(withBoth.curl).toContain(`x-api-key: ${apiKey}`);
    expect(withBoth.curl).toContain(`Authorization: Bearer ${token}`);
    expect(withBoth.status).toBe(200);
    await swagger.forget('bearer');
    const withKey = await swagger.execute('currentUser');
    expect(withKey.curl).not.toContain('Bearer');
    expect(withKey.status).toBe(200);
    expect((await swagger.execute('generateApiKey')).status).toBe(401);
  });

  it('stays authorized in Swagger UI after a reload', async () => {
    await swagger.authorize('bearer', token);
    await docs.reload();
    const { status, curl } = await swagger.execute('currentUser');
    expect({ status, curl }).toEqual({ status: 200, curl: expect.stringContaining(token) });
    await mail.reload();
    await mail.frameLocator('iframe').getByText('Hello Ada,').waitFor();
  });

  it('changes the password with the unchanged example, and logs in with the new one', async () => {
    const { status } = await swagger.execute('changePassword');
    expect(status).toBe(200);
    expect((await swagger.execute('logIn')).status).toBe(401);
    expect((await swagger.execute('logIn', { password: 'a new and much better password' })).status).toBe(200);
  });
});
