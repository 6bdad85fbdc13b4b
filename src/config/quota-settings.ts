import { Whole } from './env-rules.js';
import { HttpSettings } from './http-settings.js';

const MOST = 1_000_000;

/** How much one user may keep. What is there already stays when a quota is lowered. */
export abstract class QuotaSettings extends HttpSettings {
  /** Live sessions that one user may have; with a further login the one unused longest ends. */
  @Whole(1, MOST)
  SESSIONS_PER_USER: number = 100;

  /** Projects that one user may have; deleted ones do not count. */
  @Whole(1, MOST)
  PROJECTS_PER_USER: number = 1000;

  /** Agents that one project may have. */
  @Whole(1, MOST)
  AGENTS_PER_PROJECT: number = 1000;

  /** Phone numbers that one project may have. */
  @Whole(1, MOST)
  NUMBERS_PER_PROJECT: number = 1000;
}
