import { drain, UNHURRIED } from '../support/outbox.js';
import { join, Person, signUp } from '../support/people.js';
import { startApp, TestApp } from '../support/start-app.js';
import { tablesWith } from '../support/tables.js';

describe('The message after an account was deleted', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp({ ...UNHURRIED, PRODUCT_NAME: 'Phone Friends', SIGN_IN_URL: 'https://app.example/in' });
  });
  // A story that failed has closed it, and those behind it would wait for their codes.
  afterEach(() => service.mailbox.open());
  afterAll(() => service.close());

  const remove = (person: Person) => service.api.as(person).delete('/user', { password: person.password });
  const rows = () => service.query("SELECT state, secret, recipient FROM letters WHERE kind = 'account-deleted'");

  it('arrives, says what was deleted and where to sign up again, and leaves nothing of the address behind', async () => {
    const ada = await join(service);
    expect((await remove(ada)).status).toBe(200);
    expect(await rows()).toEqual([{ state: 'queued', secret: expect.any(String), recipient: '' }]);
    expect(await tablesWith(service, ada.email)).toEqual([]);
    await drain(service);
    const letter = await service.mailbox.next(ada.email);
    expect(letter.subject).toBe('Your Phone Friends account was deleted');
    for (const part of [letter.text, letter.html]) {
      expect(part).toContain('Your Phone Friends account and all its data were deleted on');
      expect(part).toContain('https://app.example/in');
    }
    expect(await rows()).toEqual([{ state: 'sent', secret: null, recipient: '' }]);
    expect(await tablesWith(service, ada.email)).toEqual([]);
  });

  it('waits without naming its recipient while the mail server is away, also when the address signs up again', async () => {
    const bob = await join(service);
    await drain(service);
    await service.mailbox.close();
    expect((await remove(bob)).status).toBe(200);
    await drain(service);
    expect((await rows()).at(-1)).toEqual({ state: 'queued', secret: expect.any(String), recipient: '' });
    expect(await tablesWith(service, bob.email)).toEqual([]);
    expect((await signUp(service, bob.email)).body).toMatchObject({ status: 'success' });
    await service.mailbox.open();
    service.clock.advance(600_000);
    await drain(service);
    const subjects = [await service.mailbox.next(bob.email), await service.mailbox.next(bob.email)];
    expect(subjects.map(({ subject }) => subject)).toContain('Your Phone Friends account was deleted');
  });

  it('is given up without a trace of its recipient when the mail server knows no such mailbox', async () => {
    const eve = await join(service);
    service.mailbox.refuseRecipient = () => ({ code: 550, text: `5.1.1 no mailbox ${eve.email}` });
    expect((await remove(eve)).status).toBe(200);
    await drain(service);
    service.mailbox.refuseRecipient = () => null;
    expect((await rows()).at(-1)).toEqual({ state: 'dead', secret: null, recipient: '' });
    expect(await tablesWith(service, eve.email)).toEqual([]);
    expect(service.logs.filter((line) => line.includes(eve.email))).toEqual([]);
  });
});
