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

/** Names that differ only in case or in the encoding of accents count as equal. */
function nameKeyOf(name: string): string {
  return sha256(name.normalize('NFC').toLowerCase());
}

/** Creates, lists, changes and deletes projects; other modules find projects here. */
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

  /** Returns the user's project; null when it does not exist, is deleted, or belongs to somebody else. */
  findOwned(projectId: string, userId: string): Promise<Project | null> {
    return findOwned(this.projects.manager, Project, { id: projectId, userId }, IS_LIVE);
  }

  /** The same with a lock: nobody can delete the project, or put anything into it, until the end of this unit of work. */
  lockOwned(transaction: Transaction, projectId: string, userId: string): Promise<Project | null> {
    return lockOwned(transaction, Project, { id: projectId, userId }, IS_LIVE);
  }

  async createProject({ name, description }: CreateProjectDto, { userId }: Caller): Promise<ProjectDataAnswer> {
    const project = this.newProject(userId, name, description);
    await this.database.write(async (tx) => {
      // Locked against a concurrent deletion of the account, and against a concurrent count of its projects.
      if (!(await tx.lock(User, { id: userId }))) throw new AppError(CREDENTIALS_ERRORS.TOKEN_INVALID);
      const count = await tx.manager.countBy(Project, { userId, ...IS_LIVE });
      if (count >= this.settings.PROJECTS_PER_USER) throw new AppError(COMMON_ERRORS.QUOTA_REACHED);
      await this.refuseTakenName(tx.manager.insert(Project, project));
    });
    return success('The project is created.', { data: ProjectAnswer.of(project) });
  }

  async listProjects(query: PageQuery, { userId }: Caller): Promise<Page<ProjectsAnswer>> {
    const { page, pageSize } = query;
    // Ids sort by time of creation.
    const order = { id: 'DESC' } as const;
    // First only ids, which are in the index: for whole rows MariaDB scans everybody's newest projects until it has found enough of ours.
    const [found, total] = await this.projects.findAndCount({
      select: { id: true },
      where: { userId, ...IS_LIVE },
      order,
      skip: (page - 1) * pageSize,
      take: pageSize,
    });
    // Without the owner in the condition: in a large table MariaDB would use it, and scan all that the owner has.
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

  /** Sets or removes the active agent of a locked project; returns the changed project. */
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
      await this.markDeleted(tx, project);
    });
    return success('The project is deleted.');
  }

  /** Changes a project of the caller; returns the changed project. */
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

  /** Keeps the row for a while, frees its name, and makes it nobody's active project. */
  private async markDeleted({ manager }: Transaction, { id, userId }: Project): Promise<void> {
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

  /** The webhook under either documented name: the checked URL, null to remove it, undefined when the request has none. */
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
