import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type Caller, FromCaller } from '../credentials/caller.js';
import { BodyLimit } from '../http/body-limit.js';
import { RowsQuery, withPageHeaders } from '../http/paging.js';
import { Documented } from '../openapi/operation.js';
import * as docs from './agents.docs.js';
import {
  AGENT_BODY_LIMIT_BYTES,
  AgentAnswer,
  AgentDataAnswer,
  AgentDto,
  CreateAgentDto,
  UpdateAgentDto,
} from './agents.dto.js';
import { AgentsService } from './agents.service.js';

@ApiTags(docs.AGENT_TAG.name)
@Controller('agent')
export class AgentsController {
  constructor(private readonly agents: AgentsService) {}

  @Post('create-agent')
  @HttpCode(200)
  @BodyLimit(AGENT_BODY_LIMIT_BYTES)
  @Documented(docs.CREATE_AGENT)
  createAgent(@Body() body: CreateAgentDto, @FromCaller() caller: Caller): Promise<AgentDataAnswer> {
    return this.agents.createAgent(body, caller);
  }

  @Post()
  @HttpCode(200)
  @Documented(docs.GET_AGENT)
  getAgent(@Body() body: AgentDto, @FromCaller() caller: Caller): Promise<AgentAnswer> {
    return this.agents.getAgent(body, caller);
  }

  @Put()
  @BodyLimit(AGENT_BODY_LIMIT_BYTES)
  @Documented(docs.UPDATE_AGENT)
  updateAgent(@Body() body: UpdateAgentDto, @FromCaller() caller: Caller): Promise<AgentDataAnswer> {
    return this.agents.updateAgent(body, caller);
  }

  @Delete()
  @Documented(docs.DELETE_AGENT)
  deleteAgent(@Body() body: AgentDto, @FromCaller() caller: Caller): Promise<AgentDataAnswer> {
    return this.agents.deleteAgent(body, caller);
  }

  @Get(':projectId')
  @Documented(docs.LIST_AGENTS)
  async listAgents(
    @Param('projectId') projectId: string,
    @Query() query: RowsQuery,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const page = await this.agents.listAgents(projectId, query, caller);
    void reply.type('application/json; charset=utf-8');
    return withPageHeaders(reply, page);
  }
}
