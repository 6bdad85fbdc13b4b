import { makeApiKey } from '../support/credentials.js';
import { join, newAddress, signUp } from '../support/people.js';
import { startApp, TestApp } from '../support/start-app.js';

describe('A service with a name of its own', () => {
  let service: TestApp;
  beforeAll(
    async () =>
      (service = await startApp({ PRODUCT_NAME: "Ada's Phones", SIGN_IN_URL: 'https://app.example/?a=1&b=2' })),
  );
  afterAll(() => service.close());

  it('signs its messages with that name and links to where people sign in', async () => {
    const email = newAddress();
    await signUp(service, email);
    const letter = await service.mailbox.next(email);
    expect(letter.subject).toMatch(/^\d{6} is your Ada's Phones code$/);
    expect(letter.text).toContain('Sign in: https://app.example/?a=1&b=2');
    expect(letter.text + letter.html).not.toContain('Talkstack');
  });

  it('has that name and that link on the page for a new password', async () => {
    const html = await (await fetch(`${service.api.url}/reset-password`)).text();
    expect(html).toContain('<p class="brand">Ada&#x27;s Phones</p>');
    expect(html).toContain('data-sign-in="https://app.example/?a&#x3D;1&amp;b&#x3D;2"');
  });

  it('speaks of an earlier API key only where there was one', async () => {
    const ada = await join(service);
    const messages: string[] = [];
    for (let made = 0; made < 2; made += 1) {
      await makeApiKey(service, ada);
      messages.push((await service.mailbox.next(ada.email)).text);
    }
    expect(messages.map((text) => text.includes('It replaces the key before it.'))).toEqual([false, true]);
  });
});
