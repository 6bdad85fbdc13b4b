import { Injectable, OnModuleInit } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { AppError } from '../common/app-error.js';
import { Caller } from '../credentials/caller.js';
import { Database } from '../database/database.js';
import { OwnedKey } from '../database/owned.js';
import { Transaction } from '../database/transaction.js';
import { Page } from '../http/paging.js';
import { success } from '../openapi/answers.js';
import { WebhookAddresses } from '../webhooks/webhook-addresses.js';
import { WebhookDeliveries } from '../webhooks/webhook-deliveries.js';
import { WebhookSecrets } from '../webhooks/webhook-secrets.js';
import { WebhookDeliveriesQuery } from '../webhooks/webhooks.dto.js';
import { Project } from './project.entity.js';
import { DeliveriesAnswer, OneDeliveryAnswer, WebhookSecretAnswer } from './project-webhooks.dto.js';
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
    private readonly deliveries: WebhookDeliveries,
  ) {}

  onModuleInit(): void {
    this.addresses.tellBy(async (manager, id) => {
      const project = await manager.findOneBy(Project, { id, deletedAt: IsNull() });
      return project?.callStatusWebhook ?? null;
    });
  }

  async rotateSecret(projectId: string, { userId }: Caller): Promise<WebhookSecretAnswer> {
    const secret = await this.change({ id: projectId, userId }, (tx, { id }) => this.secrets.rotate(tx, id));
    return success('This signs from now on. The one before signs too for 24 hours.', { secret });
  }

  async listDeliveries(
    projectId: string,
    query: WebhookDeliveriesQuery,
    { userId }: Caller,
  ): Promise<Page<DeliveriesAnswer>> {
    const project = await this.projects.findOwned(projectId, userId);
    if (!project) throw new AppError(PROJECTS_ERRORS.PROJECT_NOT_FOUND);
    const { body: deliveries, total, next } = await this.deliveries.list(project.id, query);
    return { body: success('These are the webhooks of the project.', { deliveries, total }), total, next };
  }

  async replay(
    { projectId, deliveryId }: { projectId: string; deliveryId: string },
    { userId }: Caller,
  ): Promise<OneDeliveryAnswer> {
    const replay = (tx: Transaction, { id }: Project) => this.deliveries.replay(tx, id, deliveryId);
    const delivery = await this.change({ id: projectId, userId }, replay);
    return success('The webhook is delivered once more.', { delivery });
  }

  async test(projectId: string, { userId }: Caller): Promise<OneDeliveryAnswer> {
    const test = (tx: Transaction, { id }: Project) => this.deliveries.test(tx, { userId, projectId: id });
    const delivery = await this.change({ id: projectId, userId }, test);
    return success('A test is on its way.', { delivery });
  }

  /** One unit of work on a project of the user. Throws PROJECT_NOT_FOUND. */
  private change<Result>(
    { id, userId }: OwnedKey,
    work: (tx: Transaction, project: Project) => Promise<Result>,
  ): Promise<Result> {
    return this.database.write(async (tx) => {
      const project = await this.projects.lockOwned(tx, id, userId);
      if (!project) throw new AppError(PROJECTS_ERRORS.PROJECT_NOT_FOUND);
      return work(tx, project);
    });
  }
}
