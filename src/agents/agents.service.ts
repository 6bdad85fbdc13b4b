import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { AppError } from '../common/app-error.js';
import { Clock } from '../common/clock.js';
import { COMMON_ERRORS } from '../common/common.errors.js';
import { AgentsSettings } from './agents.settings.js';
import { Caller } from '../credentials/caller.js';
import { Database } from '../database/database.js';
import { findOwned, lockOwned } from '../database/owned.js';
import { idsOnPage, rowsByKey } from '../database/row-pages.js';
import { Transaction } from '../database/transaction.js';
import { JsonArray } from '../http/json-array.js';
import { MAX_ANSWER_BYTES, Page, RowsQuery } from '../http/paging.js';
import { requireOneOf } from '../http/validation.js';
import { success } from '../openapi/answers.js';
import { parseCallableNumber } from '../telephony/callable-number.js';
import { CheckedNumber, PhoneNumbersService } from '../phone-numbers/phone-numbers.service.js';
import { Project } from '../projects/project.entity.js';
import { PROJECTS_ERRORS } from '../projects/projects.errors.js';
import { ProjectsService } from '../projects/projects.service.js';
import { VoicesService } from '../voices/voices.service.js';
import { Agent } from './agent.entity.js';
import { changeSettings, type SettingChanges } from './agent-settings-field.js';
import { AgentAnswer, AgentDataAnswer, AgentDto, CreateAgentDto, UpdateAgentDto } from './agents.dto.js';
import { AGENTS_ERRORS } from './agents.errors.js';

type AgentRow = Omit<Agent, 'project'>;

/** Creates, lists, changes and deletes agents; other modules find agents here. */
@Injectable()
export class AgentsService {
  constructor(
    @InjectRepository(Agent) private readonly agents: Repository<Agent>,
    private readonly database: Database,
    private readonly projects: ProjectsService,
    private readonly voices: VoicesService,
    private readonly numbers: PhoneNumbersService,
    private readonly clock: Clock,
    private readonly settings: AgentsSettings,
  ) {}

  /** Returns the user's agent in this project; null when it does not exist, or belongs to another user or project. */
  findOwned({ agentId, projectId }: AgentDto, userId: string): Promise<Agent | null> {
    return findOwned(this.agents.manager, Agent, { id: agentId, userId }, { projectId });
  }

  /** The same with a lock. Lock the project first if you need both, to avoid deadlocks. */
  lockOwned(transaction: Transaction, { agentId, projectId }: AgentDto, userId: string): Promise<Agent | null> {
    return lockOwned(transaction, Agent, { id: agentId, userId }, { projectId });
  }

  async createAgent(body: CreateAgentDto, { userId }: Caller): Promise<AgentDataAnswer> {
    const voiceId = (await this.knownVoice(body.voice_id)) ?? null;
    const number = await this.freeNumber(body, userId);
    await this.checkTransfers(body.settings);
    const agent = await this.database.write(async (tx) => {
      // Locked against a concurrent deletion of the project, and against a concurrent count of its agents.
      const project = await this.projects.lockOwned(tx, body.projectId, userId);
      if (!project) throw new AppError(PROJECTS_ERRORS.PROJECT_UNKNOWN);
      const count = await tx.manager.countBy(Agent, { projectId: project.id });
      if (count >= this.settings.AGENTS_PER_PROJECT) throw new AppError(COMMON_ERRORS.QUOTA_REACHED);
      const agent = this.newAgent(project, body, voiceId);
      await tx.manager.insert(Agent, agent);
      if (number) {
        await this.numbers.assign(tx, { userId, projectId: project.id, agentId: agent.id, number });
      }
      return agent;
    });
    return this.answerWith('The agent is created.', agent);
  }

  async getAgent(body: AgentDto, { userId }: Caller): Promise<AgentAnswer> {
    const agent = await this.findOwned(body, userId);
    if (!agent) throw new AppError(AGENTS_ERRORS.AGENT_NOT_FOUND);
    const [answer] = await this.answersOf([agent], { agentId: agent.id });
    return answer;
  }

  /** A page of the project's agents as JSON; it ends early when it would become too large. */
  async listAgents(projectId: string, query: RowsQuery, { userId }: Caller): Promise<Page<string>> {
    const project = await this.projects.findOwned(projectId, userId);
    if (!project) throw new AppError(PROJECTS_ERRORS.PROJECT_NOT_FOUND);
    const { manager } = this.agents;
    const { ids, total, hasMore } = await idsOnPage(manager, Agent, { projectId: project.id }, query);
    if (total === 0) throw new AppError(AGENTS_ERRORS.NO_AGENTS);
    const numbers = await this.numbers.numbersOf({ projectId: project.id });
    const list = new JsonArray(MAX_ANSWER_BYTES);
    let last = '';
    for await (const agent of rowsByKey(manager, Agent, ids)) {
      if (!list.add(AgentAnswer.of(agent, numbers.get(agent.id) ?? null))) break;
      last = agent.id;
    }
    const { pageSize } = query;
    return { body: list.text, total, next: hasMore || list.isFull ? { pageSize, after: last } : null };
  }

  async updateAgent(body: UpdateAgentDto, { userId }: Caller): Promise<AgentDataAnswer> {
    requireOneOf(body, 'name', 'systemInstruction', 'voice_id', 'settings');
    const { name, systemInstruction, settings } = body;
    const voiceId = await this.knownVoice(body.voice_id);
    await this.checkTransfers(settings);
    const agent = await this.database.write(async (tx) => {
      const agent = await this.lockOwned(tx, body, userId);
      if (!agent) throw new AppError(AGENTS_ERRORS.AGENT_NOT_FOUND);
      const changes = {
        ...(name !== undefined && { name }),
        ...(systemInstruction !== undefined && { systemInstruction }),
        ...(voiceId !== undefined && { voiceId }),
        ...(settings !== undefined && { settings: changeSettings(agent.settings, settings) }),
        updatedAt: this.clock.now(),
      };
      await tx.manager.update(Agent, agent.id, changes);
      return { ...agent, ...changes };
    });
    return this.answerWith('The agent is changed.', agent);
  }

  async deleteAgent(body: AgentDto, { userId }: Caller): Promise<AgentDataAnswer> {
    const agent = await this.database.write(async (tx) => {
      const project = await this.projects.lockOwned(tx, body.projectId, userId);
      const agent = project && (await this.lockOwned(tx, body, userId));
      if (!agent) throw new AppError(AGENTS_ERRORS.AGENT_NOT_FOUND);
      if (project.activeAgent === agent.id) await this.projects.setActiveAgent(tx, project, null);
      await this.numbers.unassignAgent(tx, agent.id);
      await tx.manager.delete(Agent, agent.id);
      return agent;
    });
    return this.answerWith('The agent is deleted.', agent);
  }

  /** Checks the id of a voice; passes undefined and null. An agent stores only the id, for the provider may remove the voice. */
  private async knownVoice(voiceId: string | null | undefined): Promise<string | null | undefined> {
    if (typeof voiceId !== 'string') return voiceId;
    const voice = await this.voices.find(voiceId);
    if (!voice) throw new AppError(AGENTS_ERRORS.VOICE_UNKNOWN);
    return voice.voice_id;
  }

  /** Refuses transfers to numbers that the service does not call. */
  private async checkTransfers(settings: SettingChanges | null | undefined): Promise<void> {
    const numbers = settings?.transferTo;
    if (!Array.isArray(numbers)) return;
    for (const number of numbers) await parseCallableNumber(String(number), 'settings.transferTo');
  }

  /** Checks the number for a new agent, before the unit of work; null when the request has none. */
  private async freeNumber(body: CreateAgentDto, userId: string): Promise<CheckedNumber | null> {
    if (body.phoneNumber === undefined) return null;
    const parsed = await this.numbers.parse(body.phoneNumber, 'phoneNumber');
    const project = await this.projects.findOwned(body.projectId, userId);
    if (!project) throw new AppError(PROJECTS_ERRORS.PROJECT_UNKNOWN);
    return this.numbers.check(parsed, project.id);
  }

  private async answerWith(message: string, agent: Agent): Promise<AgentDataAnswer> {
    const [data] = await this.answersOf([agent], { agentId: agent.id });
    return success(message, { ...data, data });
  }

  /** Agents as responses show them; `whose` selects the phone numbers of all of them in one query. */
  private async answersOf(agents: Agent[], whose: { agentId: string } | { projectId: string }): Promise<AgentAnswer[]> {
    const numbers = await this.numbers.numbersOf(whose);
    return agents.map((agent) => AgentAnswer.of(agent, numbers.get(agent.id) ?? null));
  }

  private newAgent(
    project: Project,
    { name, systemInstruction, settings = null }: CreateAgentDto,
    voiceId: string | null,
  ): AgentRow {
    const now = this.clock.now();
    return {
      id: uuid(),
      userId: project.userId,
      projectId: project.id,
      name,
      systemInstruction,
      voiceId,
      settings: changeSettings(null, settings),
      createdAt: now,
      updatedAt: now,
    };
  }
}
