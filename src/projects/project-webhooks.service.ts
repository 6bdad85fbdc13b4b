import { Injectable, OnModuleInit } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import { Caller } from '../credentials/caller.js';
import { Database } from '../database/database.js';
import { Transaction } from '../database/transaction.js';
import { success } from '../openapi/answers.js';
import { WebhookSecrets } from '../webhooks/webhook-secrets.js';
import { ProjectContent, ProjectContents } from './project-contents.js';
import { WebhookSecretAnswer } from './project-webhooks.dto.js';
import { PROJECTS_ERRORS } from './projects.errors.js';
import { ProjectsService } from './projects.service.js';

/** The webhooks of a project, for its owner. */
@Injectable()
export class ProjectWebhooksService implements ProjectContent, OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly projects: ProjectsService,
    private readonly contents: ProjectContents,
    private readonly secrets: WebhookSecrets,
  ) {}

  onModuleInit(): void {
    this.contents.register(this);
  }

  async rotateSecret(projectId: string, { userId }: Caller): Promise<WebhookSecretAnswer> {
    const secret = await this.database.write(async (tx) => {
      const project = await this.projects.lockOwned(tx, projectId, userId);
      if (!project) throw new AppError(PROJECTS_ERRORS.PROJECT_NOT_FOUND);
      return this.secrets.rotate(tx, project.id);
    });
    return success('This signs from now on. The one before signs too for 24 hours.', { secret });
  }

  /** A project may be deleted with its webhooks. */
  count(): Promise<number> {
    return Promise.resolve(0);
  }

  remove(tx: Transaction, projectId: string): Promise<void> {
    return this.secrets.remove(tx, projectId);
  }
}
