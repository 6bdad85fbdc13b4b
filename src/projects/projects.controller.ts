import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type Caller, FromCaller } from '../credentials/caller.js';
import { PageQuery, withPageHeaders } from '../http/paging.js';
import { Answer } from '../openapi/answers.js';
import { Documented } from '../openapi/operation.js';
import { AddWebhookAnswer } from './project-webhooks.dto.js';
import * as docs from './projects.docs.js';
import {
  AddWebhookDto,
  CreateProjectDto,
  DeleteProjectDto,
  ProjectDataAnswer,
  ProjectsAnswer,
  UpdateProjectDto,
} from './projects.dto.js';
import { ProjectsService } from './projects.service.js';

@ApiTags(docs.PROJECT_TAG.name)
@Controller('project')
export class ProjectsController {
  constructor(private readonly projects: ProjectsService) {}

  @Post('create-project')
  @HttpCode(200)
  @Documented(docs.CREATE_PROJECT)
  createProject(@Body() body: CreateProjectDto, @FromCaller() caller: Caller): Promise<ProjectDataAnswer> {
    return this.projects.createProject(body, caller);
  }

  @Get()
  @Documented(docs.LIST_PROJECTS)
  async listProjects(
    @Query() query: PageQuery,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProjectsAnswer> {
    return withPageHeaders(reply, await this.projects.listProjects(query, caller));
  }

  @Get('list')
  @Documented(docs.LIST_PROJECTS_ALSO)
  async listProjectsAlso(
    @Query() query: PageQuery,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProjectsAnswer> {
    return withPageHeaders(reply, await this.projects.listProjects(query, caller));
  }

  @Get(':projectId')
  @Documented(docs.GET_PROJECT)
  getProject(@Param('projectId') projectId: string, @FromCaller() caller: Caller): Promise<ProjectDataAnswer> {
    return this.projects.getProject(projectId, caller);
  }

  @Put(':projectId')
  @Documented(docs.UPDATE_PROJECT)
  updateProject(
    @Param('projectId') projectId: string,
    @Body() body: UpdateProjectDto,
    @FromCaller() caller: Caller,
  ): Promise<ProjectDataAnswer> {
    return this.projects.updateProject(projectId, body, caller);
  }

  @Delete(':projectId')
  @ApiBody({ type: DeleteProjectDto, required: false })
  @Documented(docs.DELETE_PROJECT)
  deleteProject(
    @Param('projectId') projectId: string,
    @Body() body: DeleteProjectDto,
    @FromCaller() caller: Caller,
  ): Promise<Answer> {
    return this.projects.deleteProject(projectId, body, caller);
  }

  @Post('call-status/add-webhookurl')
  @HttpCode(200)
  @Documented(docs.ADD_WEBHOOK)
  addWebhook(@Body() body: AddWebhookDto, @FromCaller() caller: Caller): Promise<AddWebhookAnswer> {
    return this.projects.addWebhook(body, caller);
  }
}
