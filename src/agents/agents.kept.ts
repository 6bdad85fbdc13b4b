import { keeps } from '../kept-data/keeps.js';
import { Agent } from './agent.entity.js';
import { ExportedAgent } from './agents.dto.js';

export const KEPT_AGENTS = keeps<Agent, []>(
  () => ({
    entity: Agent,
    ofUser: ({ id }) => ({ userId: id }),
    exported: { as: ExportedAgent, newestBy: ['id'] },
    outdated: 'Until its owner deletes it.',
    withAccount: 'cascade',
    withProject: ({ manager }, projectId) => manager.delete(Agent, { projectId }),
    fillsProject: true,
  }),
  [],
);
