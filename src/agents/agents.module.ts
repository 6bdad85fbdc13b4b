import { Module, OnModuleInit } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PhoneNumbersModule } from '../phone-numbers/phone-numbers.module.js';
import { ProjectsModule } from '../projects/projects.module.js';
import { rowsOf, UserDataSources } from '../users/user-data.js';
import { UsersModule } from '../users/users.module.js';
import { VoicesModule } from '../voices/voices.module.js';
import { ActiveAgentController } from './active-agent.controller.js';
import { ActiveAgentService } from './active-agent.service.js';
import { Agent } from './agent.entity.js';
import { AgentNumbersController } from './agent-numbers.controller.js';
import { AgentNumbersService } from './agent-numbers.service.js';
import { AgentsInProjects } from './agents-in-projects.js';
import { AgentsController } from './agents.controller.js';
import { ExportedAgent } from './agents.dto.js';
import { AgentsService } from './agents.service.js';

/** The AI phone agents of projects, and which one is active. */
@Module({
  imports: [TypeOrmModule.forFeature([Agent]), PhoneNumbersModule, ProjectsModule, UsersModule, VoicesModule],
  controllers: [AgentsController, ActiveAgentController, AgentNumbersController],
  providers: [AgentsService, ActiveAgentService, AgentNumbersService, AgentsInProjects],
  exports: [AgentsService],
})
export class AgentsModule implements OnModuleInit {
  constructor(private readonly userData: UserDataSources) {}

  onModuleInit(): void {
    this.userData.register(ExportedAgent, rowsOf(Agent));
  }
}
