import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PhoneNumbersModule } from '../phone-numbers/phone-numbers.module.js';
import { ProjectsModule } from '../projects/projects.module.js';
import { UsersModule } from '../users/users.module.js';
import { VoicesModule } from '../voices/voices.module.js';
import { ActiveAgentController } from './active-agent.controller.js';
import { ActiveAgentService } from './active-agent.service.js';
import { Agent } from './agent.entity.js';
import { AgentNumbersController } from './agent-numbers.controller.js';
import { AgentNumbersService } from './agent-numbers.service.js';
import { AgentsController } from './agents.controller.js';
import { KEPT_AGENTS } from './agents.kept.js';
import { AgentsService } from './agents.service.js';

/** AI phone agents of projects, and the active one. */
@Module({
  imports: [TypeOrmModule.forFeature([Agent]), PhoneNumbersModule, ProjectsModule, UsersModule, VoicesModule],
  controllers: [AgentsController, ActiveAgentController, AgentNumbersController],
  providers: [AgentsService, ActiveAgentService, AgentNumbersService, KEPT_AGENTS],
  exports: [AgentsService],
})
export class AgentsModule {}
