import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { Page } from 'playwright-core';
import { describeInBrowser, openProfile, Profile } from '../support/browser.js';
import { askResetToken } from '../support/credentials.js';
import { join, PASSWORD } from '../support/people.js';
import { logIn } from '../support/sessions.js';
import { Site } from '../support/site.js';

const NEW_PASSWORD = 'seven quiet lighthouses';

/** A product's own page for new passwords, which asks the API at another origin. */
const resetPage = (apiUrl: string) => `<!doctype html><title>Reset</title>
<label>New password <input type="password"></label><button>Save</button><output></output>
<script>
  const [input, output] = [document.querySelector('input'), document.querySelector('output')];
  document.querySelector('button').onclick = async () => {
    const token = new URLSearchParams(location.hash.slice(1)).get('token');
    try {
      const response = await fetch('${apiUrl}/auth/reset-password', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-request-id': 'from-the-page' },
        body: JSON.stringify({ token, newPassword: input.value }),
      });
      const { code = 'OK' } = await response.json();
      output.textContent = [response.status, code, response.headers.get('x-request-id')].join(' ');
    } catch {
      output.textContent = 'not allowed';
    }
  };
</script>`;

describeInBrowser('A page of another origin', () => {
  const site = new Site('/talkstack');
  const elsewhere: Server = createServer((_, response) =>
    response.setHeader('content-type', 'text/html').end(resetPage(site.door.url)),
  );
  const portOfPage = () => (elsewhere.address() as AddressInfo).port;
  let profile: Profile;

  beforeAll(async () => {
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const page = `http://localhost:${portOfPage()}`;
    await site.open({ CORS_ORIGINS: page, RESET_PASSWORD_URL: `${page}/reset` });
    profile = await openProfile(site.browser);
  });
  afterAll(async () => {
    await site?.close();
    await new Promise((resolve) => elsewhere.close(resolve));
  });

  const save = async (page: Page, password: string): Promise<string> => {
    const output = page.locator('output');
    await output.evaluate((element: any) => (element.textContent = ''));
    await page.getByLabel('New password').fill(password);
    await page.getByRole('button', { name: 'Save' }).click();
    await output.filter({ hasText: /./ }).waitFor();
    return output.innerText();
  };

  it('in CORS_ORIGINS can reset a password, and read error responses and the request id', async () => {
    const ada = await join(site.service);
    const token = await askResetToken(site.service, ada.email);
    const page = await profile.context.newPage();
    await page.goto(`http://localhost:${portOfPage()}/reset#token=${token}`);
    expect(await save(page, 'seven77')).toBe('400 PASSWORD_TOO_SHORT from-the-page');
    expect(await save(page, NEW_PASSWORD)).toBe('200 OK from-the-page');
    expect((await logIn(site.service, { ...ada, password: NEW_PASSWORD })).status).toBe(200);
    expect(profile.problems).toEqual([]);
  });

  it('that is not in CORS_ORIGINS cannot reset a password', async () => {
    const ada = await join(site.service);
    const token = await askResetToken(site.service, ada.email);
    const page = await profile.context.newPage();
    await page.goto(`http://127.0.0.1:${portOfPage()}/reset#token=${token}`);
    expect(await save(page, NEW_PASSWORD)).toBe('not allowed');
    expect((await logIn(site.service, { ...ada, password: PASSWORD })).status).toBe(200);
  });
});
