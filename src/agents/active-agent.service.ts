import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import { Caller } from '../credentials/caller.js';
import { Database } from '../database/database.js';
import { findOwned } from '../database/owned.js';
import { Answer, success } from '../openapi/answers.js';
import { ProjectAnswer } from '../projects/projects.dto.js';
import { PROJECTS_ERRORS } from '../projects/projects.errors.js';
import { ProjectsService } from '../projects/projects.service.js';
import { Agent } from './agent.entity.js';
import { ActiveAgentAnswer, ActiveAgentSetAnswer, GetActiveAgentDto, SetActiveAgentDto } from './agents.dto.js';
import { AGENTS_ERRORS } from './agents.errors.js';
import { AgentsService } from './agents.service.js';

/** Gets, sets and removes the active agent of a project. */
@Injectable()
export class ActiveAgentService {
  constructor(
    private readonly database: Database,
    private readonly projects: ProjectsService,
    private readonly agents: AgentsService,
  ) {}

  async getActiveAgent({ projectId }: GetActiveAgentDto, { userId }: Caller): Promise<ActiveAgentAnswer> {
    const project = await this.projects.findOwned(projectId, userId);
    if (!project) throw new AppError(PROJECTS_ERRORS.PROJECT_NOT_FOUND);
    if (project.activeAgent === null) throw new AppError(AGENTS_ERRORS.NO_ACTIVE_AGENT);
    return success('This is the active agent of the project.', { active_agent: project.activeAgent });
  }

  /** Locks project and agent until the agent is active, so neither can be deleted meanwhile. */
  async setActiveAgent(body: SetActiveAgentDto, { userId }: Caller): Promise<ActiveAgentSetAnswer> {
    const { projectId, active_agent: agentId } = body;
    const project = await this.database.write(async (tx) => {
      const project = await this.projects.lockOwned(tx, projectId, userId);
      if (!project) throw new AppError(PROJECTS_ERRORS.PROJECT_NOT_FOUND);
      const agent = await this.agents.lockOwned(tx, { projectId, agentId }, userId);
      if (!agent) throw new AppError(AGENTS_ERRORS.AGENT_NOT_FOUND);
      return this.projects.setActiveAgent(tx, project, agent.id);
    });
    return success('The agent is the active one of its project now.', { project: ProjectAnswer.of(project) });
  }

  /** Finds the project through the agent, which never changes its project. */
  async removeActiveAgent(agentId: string, { userId }: Caller): Promise<Answer> {
    await this.database.write(async (tx) => {
      const agent = await findOwned(tx.manager, Agent, { id: agentId, userId });
      const project = agent && (await this.projects.lockOwned(tx, agent.projectId, userId));
      if (!project) throw new AppError(AGENTS_ERRORS.AGENT_NOT_FOUND);
      if (project.activeAgent === agent.id) await this.projects.setActiveAgent(tx, project, null);
    });
    return success('The agent is not active.');
  }
}
