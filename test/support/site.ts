import { Browser } from 'playwright-core';
import { openBrowser } from './browser.js';
import { FrontDoor } from './front-door.js';
import { Settings, startApp, TestApp } from './start-app.js';

/** A service behind a front door, at the root of its host or below a path, and a browser that goes there. */
export class Site {
  readonly door: FrontDoor;
  service: TestApp;
  browser: Browser;

  constructor(path = '') {
    this.door = new FrontDoor(path);
  }

  async open(settings: Settings = {}): Promise<void> {
    await this.door.open();
    this.service = await startApp({ ...settings, PUBLIC_URL: this.door.url });
    this.door.leadTo(this.service.api.url);
    this.browser = await openBrowser();
  }

  /** Closes what was opened, however far that came. */
  async close(): Promise<void> {
    await this.browser?.close();
    await this.service?.close();
    await this.door.close();
  }
}
