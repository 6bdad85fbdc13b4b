import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { UsersModule } from '../users/users.module.js';
import { WebhooksModule } from '../webhooks/webhooks.module.js';
import { ActiveProjectController } from './active-project.controller.js';
import { ActiveProjectService } from './active-project.service.js';
import { ProjectWebhooksController } from './project-webhooks.controller.js';
import { ProjectWebhooksService } from './project-webhooks.service.js';
import { Project } from './project.entity.js';
import { ProjectsController } from './projects.controller.js';
import { KEPT_PROJECTS } from './projects.kept.js';
import { ProjectsService } from './projects.service.js';

/** Projects of users, and the active one. */
@Module({
  imports: [TypeOrmModule.forFeature([Project]), UsersModule, WebhooksModule],
  controllers: [ProjectsController, ActiveProjectController, ProjectWebhooksController],
  providers: [ActiveProjectService, KEPT_PROJECTS, ProjectsService, ProjectWebhooksService],
  exports: [ProjectsService],
})
export class ProjectsModule {}
