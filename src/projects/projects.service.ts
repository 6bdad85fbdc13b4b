import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, Repository } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { AppError } from '../common/app-error.js';
import { Clock } from '../common/clock.js';
import { COMMON_ERRORS } from '../common/common.errors.js';
import { sha256 } from '../common/sha256.js';
import { ProjectsSettings } from './projects.settings.js';
import { Caller } from '../credentials/caller.js';
import { CREDENTIALS_ERRORS } from '../credentials/credentials.errors.js';
import { isUniqueViolation } from '../database/database-errors.js';
import { Database } from '../database/database.js';
import { findOwned, lockOwned, OwnedKey } from '../database/owned.js';
import { Transaction } from '../database/transaction.js';
import { nextNumber, Page, PageQuery } from '../http/paging.js';
import { requireOneOf } from '../http/validation.js';
import { Answer, success } from '../openapi/answers.js';
import { KeptData } from '../kept-data/kept-data.js';
import { User } from '../users/user.entity.js';
import { WebhookSecrets } from '../webhooks/webhook-secrets.js';
import { WebhookUrls } from '../webhooks/webhook-target.js';
import { AddWebhookAnswer } from './project-webhooks.dto.js';
import { Project } from './project.entity.js';
import {
  AddWebhookDto,
  CreateProjectDto,
  DeleteProjectDto,
  ProjectAnswer,
  ProjectDataAnswer,
  ProjectsAnswer,
  UpdateProjectDto,
} from './projects.dto.js';
import { PROJECTS_ERRORS } from './projects.errors.js';

type ProjectRow = Omit<Project, 'user'>;

const IS_LIVE = { deletedAt: IsNull() };

/** Names that differ in case alone, or in how their accents are encoded, are the same name. */
function nameKeyOf(name: string): string {
  return sha256(name.normalize('NFC').toLowerCase());
}

/** Projects: creation to deletion, and the one place where others find them. */
@Injectable()
export class ProjectsService {
  constructor(
    @InjectRepository(Project) private readonly projects: Repository<Project>,
    private readonly database: Database,
    private readonly keptData: KeptData,
    private readonly webhooks: WebhookUrls,
    private readonly webhookSecrets: WebhookSecrets,
    private readonly clock: Clock,
    private readonly settings: ProjectsSettings,
  ) {}

  /** The user's project with this id; null when there is none, when it is deleted, and when it is somebody else's. */
  findOwned(projectId: string, userId: string): Promise<Project | null> {
    return findOwned(this.projects.manager, Project, { id: projectId, userId }, IS_LIVE);
  }

  /** The same, locked: nobody can delete the project, or put anything into it, before the end of this unit of work. */
  lockOwned(transaction: Transaction, projectId: string, userId: string): Promise<Project | null> {
    return lockOwned(transaction, Project, { id: projectId, userId }, IS_LIVE);
  }

  async createProject({ name, description }: CreateProjectDto, { userId }: Caller): Promise<ProjectDataAnswer> {
    const project = this.newProject(userId, name, description);
    await this.database.write(async (tx) => {
      // Locked, for an account may be deleted at the same moment, and so that no two count the projects at once.
      if (!(await tx.lock(User, { id: userId }))) throw new AppError(CREDENTIALS_ERRORS.TOKEN_INVALID);
      const count = await tx.manager.countBy(Project, { userId, ...IS_LIVE });
      if (count >= this.settings.PROJECTS_PER_USER) throw new AppError(COMMON_ERRORS.QUOTA_REACHED);
      await this.refuseTakenName(tx.manager.insert(Project, project));
    });
    return success('The project is created.', { data: ProjectAnswer.of(project) });
  }

  async listProjects(query: PageQuery, { userId }: Caller): Promise<Page<ProjectsAnswer>> {
    const { page, pageSize } = query;
    // By id alone, for ids sort by the time of creation.
    const order = { id: 'DESC' } as const;
    // The ids first, which the index has: asked for whole rows, MariaDB reads everybody's newest projects until it has met enough of ours.
    const [found, total] = await this.projects.findAndCount({
      select: { id: true },
      where: { userId, ...IS_LIVE },
      order,
      skip: (page - 1) * pageSize,
      take: pageSize,
    });
    // The owner is not asked for again: in a large table MariaDB would go by it, through all that the owner has.
    const projects = await this.projects.find({ where: { id: In(found.map(({ id }) => id)), ...IS_LIVE }, order });
    const data = projects.map((project) => ProjectAnswer.of(project));
    const body = success('These are your projects.', { data, total, page, pageSize });
    return { body, total, next: nextNumber(query, total) };
  }

  async getProject(projectId: string, { userId }: Caller): Promise<ProjectDataAnswer> {
    const project = await this.findOwned(projectId, userId);
    if (!project) throw new AppError(PROJECTS_ERRORS.PROJECT_UNKNOWN);
    return success('This is the project.', { data: ProjectAnswer.of(project) });
  }

  async updateProject(projectId: string, body: UpdateProjectDto, caller: Caller): Promise<ProjectDataAnswer> {
    requireOneOf(body, 'name', 'description', 'webhookUrl', 'webhookURL');
    const { name, description } = body;
    const callStatusWebhook = await this.webhookIn(body);
    const project = await this.change(projectId, caller, {
      ...(name !== undefined && { name, nameKey: nameKeyOf(name) }),
      ...(description !== undefined && { description }),
      ...(callStatusWebhook !== undefined && { callStatusWebhook }),
    });
    return success('The project is changed.', { data: ProjectAnswer.of(project) });
  }

  async addWebhook(body: AddWebhookDto, { userId }: Caller): Promise<AddWebhookAnswer> {
    const callStatusWebhook = await this.webhookIn(body);
    return this.database.write(async (tx) => {
      const { id } = await this.changeIn(tx, { id: body.projectId, userId }, { callStatusWebhook });
      if (callStatusWebhook === null) return success('The webhook is removed.');
      return success('The webhook is set.', { secret: await this.webhookSecrets.ensure(tx, id) });
    });
  }

  /** Makes an agent the active one of a locked project, or none; answers what the project is then. */
  async setActiveAgent({ manager }: Transaction, project: Project, activeAgent: string | null): Promise<Project> {
    const changes = { activeAgent, updatedAt: this.clock.now() };
    await manager.update(Project, project.id, changes);
    return { ...project, ...changes };
  }

  async deleteProject(projectId: string, { cascade = false }: DeleteProjectDto, caller: Caller): Promise<Answer> {
    await this.database.write(async (tx) => {
      const project = await this.lockOwned(tx, projectId, caller.userId);
      if (!project) throw new AppError(PROJECTS_ERRORS.PROJECT_NOT_FOUND);
      const isFree = cascade || (await this.keptData.isProjectEmpty(tx, project.id));
      if (!isFree) throw new AppError(PROJECTS_ERRORS.PROJECT_NOT_EMPTY);
      await this.keptData.removeWithProject(tx, project.id);
      await this.bury(tx, project);
    });
    return success('The project is deleted.');
  }

  /** Changes a project of the caller's as one unit of work, and answers what it is then. */
  private change(id: string, { userId }: Caller, changes: Partial<ProjectRow>): Promise<Project> {
    return this.database.write((tx) => this.changeIn(tx, { id, userId }, changes));
  }

  private async changeIn(tx: Transaction, { id, userId }: OwnedKey, changes: Partial<ProjectRow>): Promise<Project> {
    const project = await this.lockOwned(tx, id, userId);
    if (!project) throw new AppError(PROJECTS_ERRORS.PROJECT_NOT_FOUND);
    const all = { ...changes, updatedAt: this.clock.now() };
    await this.refuseTakenName(tx.manager.update(Project, project.id, all));
    return { ...project, ...all };
  }

  /** The row stays, for the calls that were made; its name is free again, and it is nobody's active project. */
  private async bury({ manager }: Transaction, { id, userId }: Project): Promise<void> {
    const now = this.clock.now();
    const changes = { deletedAt: now, updatedAt: now, nameKey: null, activeAgent: null };
    await manager.update(Project, id, changes);
    await manager.update(User, { id: userId, activeProject: id }, { activeProject: null, updatedAt: now });
  }

  private async refuseTakenName(writing: Promise<unknown>): Promise<void> {
    try {
      await writing;
    } catch (error) {
      if (isUniqueViolation(error)) throw new AppError(PROJECTS_ERRORS.PROJECT_NAME_TAKEN, { cause: error });
      throw error;
    }
  }

  /** The webhook under either of its documented names: what to keep of it, null to remove it, undefined when none was sent. */
  private async webhookIn({ webhookURL, webhookUrl }: AddWebhookDto | UpdateProjectDto) {
    const [text, field] = webhookURL === undefined ? [webhookUrl, 'webhookUrl'] : [webhookURL, 'webhookURL'];
    return typeof text === 'string' ? this.webhooks.accept(text, field) : text;
  }

  private newProject(userId: string, name: string, description: string): ProjectRow {
    const now = this.clock.now();
    return {
      id: uuid(),
      userId,
      name,
      nameKey: nameKeyOf(name),
      description,
      callStatusWebhook: null,
      activeAgent: null,
      createdAt: now,
      updatedAt: now,
      deletedAt: null,
    };
  }
}
