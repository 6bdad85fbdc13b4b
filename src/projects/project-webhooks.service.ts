import { Injectable, OnModuleInit } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { AppError } from '../common/app-error.js';
import { Caller } from '../credentials/caller.js';
import { Database } from '../database/database.js';
import { success } from '../openapi/answers.js';
import { WebhookAddresses } from '../webhooks/webhook-addresses.js';
import { WebhookSecrets } from '../webhooks/webhook-secrets.js';
import { Project } from './project.entity.js';
import { WebhookSecretAnswer } from './project-webhooks.dto.js';
import { PROJECTS_ERRORS } from './projects.errors.js';
import { ProjectsService } from './projects.service.js';

/** The webhooks of a project, for its owner. */
@Injectable()
export class ProjectWebhooksService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly projects: ProjectsService,
    private readonly secrets: WebhookSecrets,
    private readonly addresses: WebhookAddresses,
  ) {}

  onModuleInit(): void {
    this.addresses.tellBy(async (manager, id) => {
      const project = await manager.findOneBy(Project, { id, deletedAt: IsNull() });
      return project?.callStatusWebhook ?? null;
    });
  }

  async rotateSecret(projectId: string, { userId }: Caller): Promise<WebhookSecretAnswer> {
    const secret = await this.database.write(async (tx) => {
      const project = await this.projects.lockOwned(tx, projectId, userId);
      if (!project) throw new AppError(PROJECTS_ERRORS.PROJECT_NOT_FOUND);
      return this.secrets.rotate(tx, project.id);
    });
    return success('This signs from now on. The one before signs too for 24 hours.', { secret });
  }
}
