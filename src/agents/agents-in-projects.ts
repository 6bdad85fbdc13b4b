import { Injectable, OnModuleInit } from '@nestjs/common';
import { Transaction } from '../database/transaction.js';
import { ProjectContent, ProjectContents } from '../projects/project-contents.js';
import { Agent } from './agent.entity.js';

/** What projects are told of their agents when they are deleted. */
@Injectable()
export class AgentsInProjects implements ProjectContent, OnModuleInit {
  constructor(private readonly contents: ProjectContents) {}

  onModuleInit(): void {
    this.contents.register(this);
  }

  count({ manager }: Transaction, projectId: string): Promise<number> {
    return manager.countBy(Agent, { projectId });
  }

  async remove({ manager }: Transaction, projectId: string): Promise<void> {
    await manager.delete(Agent, { projectId });
  }
}
