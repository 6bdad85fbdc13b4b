import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AgentsModule } from '../agents/agents.module.js';
import { PhoneNumbersModule } from '../phone-numbers/phone-numbers.module.js';
import { ProjectsModule } from '../projects/projects.module.js';
import { CallDataService } from './call-data.service.js';
import { CallEvents } from './call-events.js';
import { CallHistoryService } from './call-history.service.js';
import { CallQueue } from './call-queue.js';
import { CallRequests } from './call-requests.js';
import { Call } from './call.entity.js';
import { CallsController } from './calls.controller.js';
import { EndCallService } from './end-call.service.js';
import { MakeCallService } from './make-call.service.js';

/** Calls: accepted, made, kept and shown. */
@Module({
  imports: [TypeOrmModule.forFeature([Call]), AgentsModule, PhoneNumbersModule, ProjectsModule],
  controllers: [CallsController],
  providers: [
    CallDataService,
    CallEvents,
    CallHistoryService,
    CallQueue,
    CallRequests,
    EndCallService,
    MakeCallService,
  ],
})
export class CallsModule {}
