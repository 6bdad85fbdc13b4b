import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { Browser } from 'playwright-core';
import { describeInBrowser, openBrowser, openProfile, Profile } from '../support/browser.js';
import { FrontDoor } from '../support/front-door.js';
import { join } from '../support/people.js';
import { startApp, TestApp } from '../support/start-app.js';

/** A page of somebody else's, with a player in it. */
const PAGE = '<!doctype html><title>Voices</title><audio></audio>';

describeInBrowser('The sample of a voice', () => {
  const door = new FrontDoor('/talkstack');
  const site: Server = createServer((_, response) => response.setHeader('content-type', 'text/html').end(PAGE));
  let service: TestApp;
  let browser: Browser;
  let profile: Profile;

  beforeAll(async () => {
    await door.open();
    service = await startApp({ PUBLIC_URL: door.url });
    door.leadTo(service.api.url);
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    browser = await openBrowser();
    profile = await openProfile(browser);
  });
  afterAll(async () => {
    await browser?.close();
    await new Promise((resolve) => site.close(resolve));
    await service?.close();
    await door.close();
  });

  it('plays to its end on a page of another site', async () => {
    const { body } = await service.api.as(await join(service)).get('/voices');
    const page = await profile.context.newPage();
    await page.goto(`http://localhost:${(site.address() as AddressInfo).port}`);
    for (const { preview_url } of body.voices) {
      const seconds = await page.locator('audio').evaluate(
        (player: any, url) =>
          new Promise<number>((resolve, reject) => {
            player.onended = () => resolve(player.currentTime);
            player.onerror = () => reject(new Error(player.error.message));
            player.muted = true;
            player.playbackRate = 8;
            player.src = url;
            player.play().catch(reject);
          }),
        preview_url,
      );
      expect(seconds).toBeGreaterThan(1);
    }
    expect(profile.problems).toEqual([]);
  });

  it('plays in a tab of its own', async () => {
    const page = await profile.context.newPage();
    const { body } = await service.api.as(await join(service)).get('/voices');
    await page.goto(body.voices[0].preview_url);
    await page.waitForFunction(() => ((globalThis as any).document.querySelector('video')?.duration ?? 0) > 1);
    expect(profile.problems).toEqual([]);
  });
});
