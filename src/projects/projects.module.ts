import { Module, OnModuleInit } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { rowsOf, UserDataSources } from '../users/user-data.js';
import { UsersModule } from '../users/users.module.js';
import { WebhooksModule } from '../webhooks/webhooks.module.js';
import { ActiveProjectController } from './active-project.controller.js';
import { ActiveProjectService } from './active-project.service.js';
import { ProjectContents } from './project-contents.js';
import { ProjectWebhooksController } from './project-webhooks.controller.js';
import { ProjectWebhooksService } from './project-webhooks.service.js';
import { Project } from './project.entity.js';
import { ProjectsController } from './projects.controller.js';
import { ProjectAnswer } from './projects.dto.js';
import { ProjectsService } from './projects.service.js';

/** Projects of users, and which one is active. */
@Module({
  imports: [TypeOrmModule.forFeature([Project]), UsersModule, WebhooksModule],
  controllers: [ProjectsController, ActiveProjectController, ProjectWebhooksController],
  providers: [ActiveProjectService, ProjectContents, ProjectsService, ProjectWebhooksService],
  exports: [ProjectContents, ProjectsService],
})
export class ProjectsModule implements OnModuleInit {
  constructor(private readonly userData: UserDataSources) {}

  onModuleInit(): void {
    this.userData.register(ProjectAnswer, rowsOf(Project));
  }
}
