import { Injectable } from '@nestjs/common';
import { AgentsService } from '../agents/agents.service.js';
import { render, templateOf } from '../agents/instruction-variables.js';
import { AppError } from '../common/app-error.js';
import { Clock } from '../common/clock.js';
import { Caller } from '../credentials/caller.js';
import { success } from '../openapi/answers.js';
import { PhoneNumbersService } from '../phone-numbers/phone-numbers.service.js';
import { PROJECTS_ERRORS } from '../projects/projects.errors.js';
import { ProjectsService } from '../projects/projects.service.js';
import { parseCallableNumber } from '../telephony/callable-number.js';
import { CallDataService } from './call-data.service.js';
import type { CallRow } from './call-events.js';
import { CallQueue } from './call-queue.js';
import { CallRequests } from './call-requests.js';
import { MakeCallAnswer, MakeCallDto, StartedCallAnswer } from './calls.dto.js';
import { AGENTS_ERRORS } from '../agents/agents.errors.js';
import { CALLS_ERRORS } from './calls.errors.js';
import { textsOf } from './variables-field.js';
import { queuedCall } from './queued-call.js';
import { CallsSettings } from './calls.settings.js';

/** Accepts calls: checks all that can be known before anything is dialled, and queues the call. */
@Injectable()
export class MakeCallService {
  constructor(
    private readonly projects: ProjectsService,
    private readonly agents: AgentsService,
    private readonly numbers: PhoneNumbersService,
    private readonly queue: CallQueue,
    private readonly requests: CallRequests,
    private readonly calls: CallDataService,
    private readonly clock: Clock,
    private readonly settings: CallsSettings,
  ) {}

  async makeCall(body: MakeCallDto, key: string | undefined, { userId }: Caller): Promise<MakeCallAnswer> {
    const request = this.requests.identify(key, userId, this.canonical(body));
    const id = (await this.requests.resultOf(request)) ?? (await this.queueOnce(body, request, userId));
    const call = await this.calls.byId(id, userId);
    return success('The call is queued.', { call: StartedCallAnswer.of(call) });
  }

  private async queueOnce(
    body: MakeCallDto,
    request: ReturnType<CallRequests['identify']>,
    userId: string,
  ): Promise<string> {
    const call = await this.check(body, userId);
    return this.requests.once(request, async (tx) => {
      await this.queue.add(tx, [call]);
      return call.id;
    });
  }

  /** Returns the body in a form that does not depend on the order of its fields. */
  private canonical({ number, projectId, agentId, dynamicVariables = {} }: MakeCallDto): unknown {
    const sorted = Object.entries(dynamicVariables).sort(([a], [b]) => (a < b ? -1 : 1));
    return ['call', number, projectId, agentId, sorted];
  }

  /** Throws when the call could not be made. Writes nothing. */
  private async check(body: MakeCallDto, userId: string): Promise<CallRow> {
    this.queue.checkLine();
    const { projectId, agentId, dynamicVariables = {} } = body;
    const project = await this.projects.findOwned(projectId, userId);
    if (!project) throw new AppError(PROJECTS_ERRORS.PROJECT_NOT_FOUND);
    const agent = await this.agents.findOwned({ projectId, agentId }, userId);
    if (!agent) throw new AppError(AGENTS_ERRORS.AGENT_NOT_FOUND);
    const toNumber = await parseCallableNumber(body.number, 'number', this.settings.callCountries);
    const fromNumber = (await this.numbers.numbersOf({ agentId: agent.id })).get(agent.id);
    if (fromNumber === undefined) throw new AppError(CALLS_ERRORS.AGENT_HAS_NO_NUMBER);
    render(templateOf(agent), textsOf(dynamicVariables));
    const whose = { userId, projectId: project.id, agentId: agent.id };
    const known = { ...whose, toNumber, fromNumber, dynamicVariables: JSON.stringify(dynamicVariables) };
    return queuedCall(known, this.clock.now());
  }
}
