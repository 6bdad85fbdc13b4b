import { DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AgentsModule } from '../agents/agents.module.js';
import { PhoneNumbersModule } from '../phone-numbers/phone-numbers.module.js';
import { ProjectsModule } from '../projects/projects.module.js';
import { BrowserLine } from '../telephony/browser/browser-line.js';
import { BrowserPhoneModule } from '../telephony/browser/browser-phone.module.js';
import { Lines, NoLines } from '../telephony/lines.js';
import { CallClaims } from './call-claims.js';
import { CallRunner } from './call-runner.js';
import { CallsInProjects } from './calls-in-projects.js';
import { CallDataService } from './call-data.service.js';
import { CallEvents } from './call-events.js';
import { CallHistoryService } from './call-history.service.js';
import { CallQueue } from './call-queue.js';
import { CallRequests } from './call-requests.js';
import { Call } from './call.entity.js';
import { CallsSettings } from './calls.settings.js';
import { CallsController } from './calls.controller.js';
import { EndCallService } from './end-call.service.js';
import { MakeCallService } from './make-call.service.js';

/** Calls: accepted, made, kept and shown. */
@Module({
  imports: [TypeOrmModule.forFeature([Call]), AgentsModule, PhoneNumbersModule, ProjectsModule],
  controllers: [CallsController],
  providers: [
    CallClaims,
    CallRunner,
    CallsInProjects,
    CallDataService,
    CallEvents,
    CallHistoryService,
    CallQueue,
    CallRequests,
    EndCallService,
    MakeCallService,
  ],
})
export class CallsModule {
  static forRoot({ callEngine }: CallsSettings): DynamicModule {
    if (callEngine === null) return { module: CallsModule, providers: [{ provide: Lines, useClass: NoLines }] };
    const useFactory = (line: BrowserLine): Lines => ({ line });
    const lines = { provide: Lines, inject: [BrowserLine], useFactory };
    return { module: CallsModule, imports: [BrowserPhoneModule], providers: [lines] };
  }
}
