import { Injectable, OnModuleInit } from '@nestjs/common';
import { Transaction } from '../database/transaction.js';
import { ProjectContent, ProjectContents } from '../projects/project-contents.js';
import { CallTotal } from './call-total.entity.js';
import { Call } from './call.entity.js';

/** What projects are told of their calls when they are deleted. The instances that work on calls notice that their rows are gone. */
@Injectable()
export class CallsInProjects implements ProjectContent, OnModuleInit {
  constructor(private readonly contents: ProjectContents) {}

  onModuleInit(): void {
    this.contents.register(this);
  }

  /** A project may be deleted with its calls. */
  count(): Promise<number> {
    return Promise.resolve(0);
  }

  async remove({ manager }: Transaction, projectId: string): Promise<void> {
    await manager.delete(Call, { projectId });
    await manager.delete(CallTotal, { projectId });
  }
}
