import { startApp, TestApp } from '../support/start-app.js';

describe('The start page', () => {
  let service: TestApp;
  beforeAll(async () => (service = await startApp()));
  afterAll(() => service.close());

  it('tells a program in JSON what answers here and where the documentation and health are', async () => {
    const { status, body } = await service.api.get('/');
    expect(status).toBe(200);
    expect(body).toMatchObject({ name: 'Talkstack server', version: expect.stringMatching(/^\d+\.\d+\.\d+/) });
    for (const path of Object.values<string>(body.links)) {
      expect((await fetch(new URL(path, `${service.api.url}/`))).status).toBe(200);
    }
  });

  it('shows a browser a page whose links, style and icon all exist', async () => {
    const response = await fetch(`${service.api.url}/`, { headers: { accept: 'text/html,*/*;q=0.8' } });
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const html = await response.text();
    const targets = [...html.matchAll(/href="([^"]+)"/g)].map(([, href]) => href);
    expect(targets.length).toBeGreaterThan(4);
    for (const href of targets) expect((await fetch(new URL(href, `${service.api.url}/`))).status).toBe(200);
  });

  it('has no link to the documentation where that is switched off, nor to a mailbox that is not there', async () => {
    const quiet = await service.another({ API_DOCS: 'off' });
    const { body } = await quiet.api.get('/');
    expect(Object.keys(body.links)).toEqual(['Browser phone', 'Health']);
  });
});
