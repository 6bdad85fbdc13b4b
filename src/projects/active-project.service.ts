import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import { Clock } from '../common/clock.js';
import { Caller } from '../credentials/caller.js';
import { CREDENTIALS_ERRORS } from '../credentials/credentials.errors.js';
import { Database } from '../database/database.js';
import { Transaction } from '../database/transaction.js';
import { success } from '../openapi/answers.js';
import { User } from '../users/user.entity.js';
import { UserDataAnswer } from '../users/users.dto.js';
import { UsersService } from '../users/users.service.js';
import { ActiveProjectAnswer, ActiveProjectSetAnswer, ProjectAnswer, SetActiveProjectDto } from './projects.dto.js';
import { PROJECTS_ERRORS } from './projects.errors.js';
import { ProjectsService } from './projects.service.js';

/** Gets and sets a user's active project. */
@Injectable()
export class ActiveProjectService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly projects: ProjectsService,
    private readonly clock: Clock,
  ) {}

  async setActiveProject({ projectId }: SetActiveProjectDto, { userId }: Caller): Promise<ActiveProjectSetAnswer> {
    const { user, project } = await this.database.write((tx) => this.activate(tx, projectId, userId));
    return success(`Project ${project.id} is your active project now.`, {
      userData: UserDataAnswer.of(user),
      projectData: ProjectAnswer.of(project),
    });
  }

  async getActiveProject({ userId }: Caller): Promise<ActiveProjectAnswer> {
    const user = await this.users.findById(userId);
    if (!user) throw new AppError(CREDENTIALS_ERRORS.TOKEN_INVALID);
    const project = user.activeProject === null ? null : await this.projects.findOwned(user.activeProject, userId);
    if (!project) throw new AppError(PROJECTS_ERRORS.NO_ACTIVE_PROJECT);
    return success('This is your active project.', { projectData: ProjectAnswer.of(project) });
  }

  /** The project stays locked until it is active, so it cannot be deleted meanwhile. */
  private async activate(transaction: Transaction, projectId: string, userId: string) {
    const project = await this.projects.lockOwned(transaction, projectId, userId);
    if (!project) throw new AppError(PROJECTS_ERRORS.PROJECT_UNKNOWN);
    const changes = { activeProject: project.id, updatedAt: this.clock.now() };
    await transaction.manager.update(User, userId, changes);
    const user = await transaction.manager.findOneByOrFail(User, { id: userId });
    return { user, project };
  }
}
