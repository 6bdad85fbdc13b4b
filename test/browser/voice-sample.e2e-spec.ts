import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { describeInBrowser, openProfile, Profile } from '../support/browser.js';
import { join } from '../support/people.js';
import { Site } from '../support/site.js';

/** A page of somebody else's, with a player in it. */
const PAGE = '<!doctype html><title>Voices</title><audio></audio>';

describeInBrowser('The sample of a voice', () => {
  const site = new Site('/talkstack');
  const elsewhere: Server = createServer((_, response) => response.setHeader('content-type', 'text/html').end(PAGE));
  let profile: Profile;

  beforeAll(async () => {
    await site.open();
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    profile = await openProfile(site.browser);
  });
  afterAll(async () => {
    await site?.close();
    await new Promise((resolve) => elsewhere.close(resolve));
  });

  it('plays to its end on a page of another origin', async () => {
    const { body } = await site.service.api.as(await join(site.service)).get('/voices');
    const page = await profile.context.newPage();
    await page.goto(`http://localhost:${(elsewhere.address() as AddressInfo).port}`);
    for (const { preview_url } of body.voices) {
      const seconds = await page.locator('audio').evaluate(
        (player: any, url) =>
          new Promise<number>((resolve, reject) => {
            player.onended = () => resolve(player.currentTime);
            player.onerror = () => reject(new Error(player.error.message));
            player.muted = true;
            // The rate that a new source begins with.
            player.defaultPlaybackRate = 8;
            player.src = url;
            player.play().catch(reject);
          }),
        preview_url,
      );
      expect(seconds).toBeGreaterThan(1);
    }
    expect(profile.problems).toEqual([]);
  });

  it('plays when it is opened in a tab', async () => {
    const page = await profile.context.newPage();
    const { body } = await site.service.api.as(await join(site.service)).get('/voices');
    await page.goto(body.voices[0].preview_url);
    await page.waitForFunction(() => ((globalThis as any).document.querySelector('video')?.duration ?? 0) > 1);
    expect(profile.problems).toEqual([]);
  });
});
