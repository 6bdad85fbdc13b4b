import { errorTable } from '../common/app-error.js';

/** Error codes of agents. */
export const AGENTS_ERRORS = errorTable({
  VOICE_UNKNOWN: [400, 'There is no voice with this voice_id.'],
  VARIABLES_MISSING: [400, 'The agent’s instruction has variables that were given no value; see errors.'],
  VARIABLES_TOO_LONG: [400, 'With these values the agent’s instruction is too long.'],
  AGENT_NOT_FOUND: [404, 'The project has no such agent.'],
  NO_AGENTS: [404, 'The project has no agents.'],
  NO_ACTIVE_AGENT: [404, 'The project has no active agent.'],
});
