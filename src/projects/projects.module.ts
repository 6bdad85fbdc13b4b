import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { UsersModule } from '../users/users.module.js';
import { ProjectContents } from './project-contents.js';
import { Project } from './project.entity.js';
import { ProjectsService } from './projects.service.js';

/** Projects of users, and which one is active. */
@Module({
  imports: [TypeOrmModule.forFeature([Project]), UsersModule],
  providers: [ProjectContents, ProjectsService],
  exports: [ProjectContents, ProjectsService],
})
export class ProjectsModule {}
