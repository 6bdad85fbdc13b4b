import { ApiCredentials } from '../support/api-client.js';
import { TestApp } from '../support/start-app.js';
import { ApiDriver } from './api-driver.js';

/** Ids of what one person has, by the names under which operations take them. */
export type Ids = Record<string, string>;

/** What the tests of all operations need of one feature: those of ownership, of hostile calls and of the documented responses. */
export interface Feature {
  /** Makes one thing of each kind for a person, who has those of the features before it. */
  make?: (service: TestApp, as: ApiCredentials, before: Ids) => Promise<Ids>;
  /** Asks for every response that the document lists for the feature's operations, as a person who has nothing yet. */
  responses: (api: ApiDriver, as: ApiCredentials) => Promise<void>;
}
