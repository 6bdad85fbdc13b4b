import { Settings } from '../support/start-app.js';

/** Settings of tests that send more requests than any one client would. */
export const MANY_REQUESTS: Settings = {};
