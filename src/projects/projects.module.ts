import { Module, OnModuleInit } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { rowsOf, UserDataSources } from '../users/user-data.js';
import { UsersModule } from '../users/users.module.js';
import { NameResolver } from '../webhooks/name-resolver.js';
import { WebhookUrls } from '../webhooks/webhook-target.js';
import { ActiveProjectController } from './active-project.controller.js';
import { ActiveProjectService } from './active-project.service.js';
import { ProjectContents } from './project-contents.js';
import { Project } from './project.entity.js';
import { ProjectsController } from './projects.controller.js';
import { ProjectAnswer } from './projects.dto.js';
import { ProjectsService } from './projects.service.js';

/** Projects of users, and which one is active. */
@Module({
  imports: [TypeOrmModule.forFeature([Project]), UsersModule],
  controllers: [ProjectsController, ActiveProjectController],
  providers: [ActiveProjectService, NameResolver, ProjectContents, ProjectsService, WebhookUrls],
  exports: [NameResolver, ProjectContents, ProjectsService, WebhookUrls],
})
export class ProjectsModule implements OnModuleInit {
  constructor(private readonly userData: UserDataSources) {}

  onModuleInit(): void {
    this.userData.register(ProjectAnswer, rowsOf(Project));
  }
}
