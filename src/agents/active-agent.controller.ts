import { Body, Controller, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Caller, FromCaller } from '../credentials/caller.js';
import { Answer } from '../openapi/answers.js';
import { Documented } from '../openapi/operation.js';
import { PROJECT_TAG } from '../projects/projects.docs.js';
import { ActiveAgentService } from './active-agent.service.js';
import * as docs from './agents.docs.js';
import { ActiveAgentAnswer, ActiveAgentSetAnswer, GetActiveAgentDto, SetActiveAgentDto } from './agents.dto.js';

@ApiTags(PROJECT_TAG.name)
@Controller('project/active-agent')
export class ActiveAgentController {
  constructor(private readonly activeAgent: ActiveAgentService) {}

  @Post()
  @HttpCode(200)
  @Documented(docs.GET_ACTIVE_AGENT)
  getActiveAgent(@Body() body: GetActiveAgentDto, @FromCaller() caller: Caller): Promise<ActiveAgentAnswer> {
    return this.activeAgent.getActiveAgent(body, caller);
  }

  @Patch()
  @Documented(docs.SET_ACTIVE_AGENT)
  setActiveAgent(@Body() body: SetActiveAgentDto, @FromCaller() caller: Caller): Promise<ActiveAgentSetAnswer> {
    return this.activeAgent.setActiveAgent(body, caller);
  }

  @Patch(':agentId')
  @Documented(docs.REMOVE_ACTIVE_AGENT)
  removeActiveAgent(@Param('agentId') agentId: string, @FromCaller() caller: Caller): Promise<Answer> {
    return this.activeAgent.removeActiveAgent(agentId, caller);
  }
}
