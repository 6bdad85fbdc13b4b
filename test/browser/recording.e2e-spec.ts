import { Browser } from 'playwright-core';
import { makeCall, openDesk } from '../support/calls.js';
import { describeInBrowser, openBrowser, openProfile } from '../support/browser.js';
import { faultsOfAccessibility, fitsIntoWidth } from '../support/page-checks.js';
import { RecordedCalls } from '../support/recorded-calls.js';
import { until } from '../support/until.js';

describeInBrowser('A recorded call on the page of the browser phone', () => {
  let calls: RecordedCalls;
  let browser: Browser;
  beforeAll(async () => {
    calls = await RecordedCalls.start();
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await calls?.close();
  });

  it('can be played there after the call', async () => {
    const { context, problems, origins } = await openProfile(browser, { viewport: { width: 320, height: 700 } });
    const page = await context.newPage();
    await page.goto(`${calls.service.api.url}/dev/phone`);
    await page.getByText('Connected: waiting for calls.').waitFor();
    const desk = await openDesk(calls.service, calls.person, { settings: { recording: true, disclosure: false } });
    const { sid } = await makeCall(calls.service, calls.person, desk);
    await page.getByRole('button', { name: 'Accept' }).click();
    await until(async () => (await calls.rows()).length === 1);
    await page.getByLabel('Say by typing').fill('Good morning');
    await page.keyboard.press('Enter');
    await page.getByText('How can I help you?').first().waitFor();
    await page.getByRole('button', { name: 'Hang up' }).click();
    const { seconds } = await calls.ended(sid);
    const recording = page.getByLabel('Recording', { exact: true });
    await recording.waitFor();
    const played = await recording.evaluate(async (audio: any) => {
      await audio.play();
      while (audio.currentTime === 0) await new Promise((resolve) => audio.addEventListener('timeupdate', resolve));
      return { duration: audio.duration, error: audio.error };
    });
    expect(played.error).toBeNull();
    expect(Math.abs(played.duration - seconds)).toBeLessThan(2);
    expect(await faultsOfAccessibility(page)).toEqual([]);
    expect(await fitsIntoWidth(page)).toBe(true);
    expect([problems, [...origins]]).toEqual([[], [calls.service.api.url]]);
    await context.close();
  });
});
