import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, Repository } from 'typeorm';
import { Transaction } from '../database/database.js';
import { findOwned, lockOwned } from '../database/owned.js';
import { Project } from './project.entity.js';

const IS_LIVE = { deletedAt: IsNull() };

/** Projects: creation to deletion, and the one place where others find them. */
@Injectable()
export class ProjectsService {
  constructor(@InjectRepository(Project) private readonly projects: Repository<Project>) {}

  /** The user's project with this id; null when there is none, when it is deleted, and when it is somebody else's. */
  findOwned(projectId: string, userId: string): Promise<Project | null> {
    return findOwned(this.projects.manager, Project, { id: projectId, userId }, IS_LIVE);
  }

  /** The same, locked: nobody can delete the project, or put anything into it, before the end of this unit of work. */
  lockOwned(transaction: Transaction, projectId: string, userId: string): Promise<Project | null> {
    return lockOwned(transaction, Project, { id: projectId, userId }, IS_LIVE);
  }
}
