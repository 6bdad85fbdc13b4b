import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { validate as isUUID } from 'uuid';
import { AppError } from '../common/app-error.js';
import { Caller } from '../credentials/caller.js';
import { isForeignKeyViolation } from '../database/database-errors.js';
import { Database } from '../database/database.js';
import { Transaction } from '../database/transaction.js';
import { success } from '../openapi/answers.js';
import { PhoneNumberAnswer, PhoneNumberDataAnswer } from '../phone-numbers/phone-numbers.dto.js';
import { Assignment, PhoneNumberRow, PhoneNumbersService } from '../phone-numbers/phone-numbers.service.js';
import { PROJECTS_ERRORS } from '../projects/projects.errors.js';
import { ProjectsService } from '../projects/projects.service.js';
import { Agent } from './agent.entity.js';
import { AddNumberDto } from './agents.dto.js';
import { AGENTS_ERRORS } from './agents.errors.js';

/** Links phone numbers to existing agents. */
@Injectable()
export class AgentNumbersService {
  constructor(
    @InjectRepository(Agent) private readonly agents: Repository<Agent>,
    private readonly database: Database,
    private readonly projects: ProjectsService,
    private readonly numbers: PhoneNumbersService,
  ) {}

  async addNumber({ e164, agentId, projectId }: AddNumberDto, { userId }: Caller): Promise<PhoneNumberDataAnswer> {
    const parsed = await this.numbers.parse(e164);
    if (!(await this.projects.findOwned(projectId, userId))) throw new AppError(PROJECTS_ERRORS.PROJECT_NOT_FOUND);
    await this.requireAgent(agentId, projectId);
    const number = await this.numbers.check(parsed, projectId);
    const assigned = await this.database.write(async (tx) => {
      const project = await this.projects.lockOwned(tx, projectId, userId);
      if (!project) throw new AppError(PROJECTS_ERRORS.PROJECT_NOT_FOUND);
      return this.link(tx, { userId, projectId, agentId, number });
    });
    return success('The phone number is linked to the agent.', { data: PhoneNumberAnswer.of(assigned) });
  }

  /** Links a number; throws AGENT_NOT_FOUND when the project has no such agent. The caller has locked the project. */
  async link(transaction: Transaction, assignment: Assignment): Promise<PhoneNumberRow> {
    if (!isUUID(assignment.agentId)) throw new AppError(AGENTS_ERRORS.AGENT_NOT_FOUND);
    try {
      return await this.numbers.assign(transaction, assignment);
    } catch (cause) {
      if (isForeignKeyViolation(cause)) throw new AppError(AGENTS_ERRORS.AGENT_NOT_FOUND, { cause });
      throw cause;
    }
  }

  /** Reports an unknown agent before a taken number, and before the carrier is asked. The foreign key is what guarantees it. */
  private async requireAgent(id: string, projectId: string): Promise<void> {
    const isThere = isUUID(id) && (await this.agents.existsBy({ id, projectId }));
    if (!isThere) throw new AppError(AGENTS_ERRORS.AGENT_NOT_FOUND);
  }
}
