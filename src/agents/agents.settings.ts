import { Whole } from '../config/rules.js';
import { ModuleSettings } from '../config/settings.js';

/** Agents. Lowering the quota deletes nothing. */
export class AgentsSettings extends ModuleSettings {
  /** Agents that one project may have. */
  @Whole(1, 1_000_000)
  AGENTS_PER_PROJECT: number = 1000;
}
