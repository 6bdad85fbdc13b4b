import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Caller, FromCaller } from '../credentials/caller.js';
import { Documented } from '../openapi/operation.js';
import { USER_TAG } from '../users/users.docs.js';
import { ActiveProjectService } from './active-project.service.js';
import * as docs from './projects.docs.js';
import { ActiveProjectAnswer, ActiveProjectSetAnswer, SetActiveProjectDto } from './projects.dto.js';

@ApiTags(USER_TAG.name)
@Controller('user')
export class ActiveProjectController {
  constructor(private readonly activeProject: ActiveProjectService) {}

  @Post('set-active-project')
  @HttpCode(200)
  @Documented(docs.SET_ACTIVE_PROJECT)
  setActiveProject(@Body() body: SetActiveProjectDto, @FromCaller() caller: Caller): Promise<ActiveProjectSetAnswer> {
    return this.activeProject.setActiveProject(body, caller);
  }

  @Get('get-active-project')
  @Documented(docs.GET_ACTIVE_PROJECT)
  getActiveProject(@FromCaller() caller: Caller): Promise<ActiveProjectAnswer> {
    return this.activeProject.getActiveProject(caller);
  }
}
