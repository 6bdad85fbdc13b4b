import { DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AgentsModule } from '../agents/agents.module.js';
import { LlmModule } from '../llm/llm.module.js';
import { PhoneNumbersModule } from '../phone-numbers/phone-numbers.module.js';
import { ProjectsModule } from '../projects/projects.module.js';
import { SpeechModule } from '../speech/speech.module.js';
import { BrowserLine } from '../telephony/browser/browser-line.js';
import { BrowserPhoneModule } from '../telephony/browser/browser-phone.module.js';
import { Lines, NoLines } from '../telephony/lines.js';
import type { PhoneLine } from '../telephony/phone-line.js';
import { SipLine } from '../telephony/sip/sip-line.js';
import { SipModule } from '../telephony/sip/sip.module.js';
import { TelephonySettings } from '../telephony/telephony.settings.js';
import { CallClaims } from './call-claims.js';
import { CallConversations } from './call-conversations.js';
import { CallWebhooks } from './call-webhooks.js';
import { CallRetention } from './call-retention.js';
import { UsersModule } from '../users/users.module.js';
import { VoicesModule } from '../voices/voices.module.js';
import { WebhooksModule } from '../webhooks/webhooks.module.js';
import { CallRunner } from './call-runner.js';
import { CallDataService } from './call-data.service.js';
import { CallEvents } from './call-events.js';
import { CallFigures } from './call-figures.js';
import { CallHistoryService } from './call-history.service.js';
import { CallQueue } from './call-queue.js';
import { CallRequests } from './call-requests.js';
import { SessionParts } from './call-session.js';
import { Call } from './call.entity.js';
import { KEPT_CALLS } from './calls.kept.js';
import { CallsController } from './calls.controller.js';
import { EndCallService } from './end-call.service.js';
import { IncomingCalls } from './incoming-calls.js';
import { MakeCallService } from './make-call.service.js';
import { FolderStore } from './recordings/folder-store.js';
import { RecordingLinks } from './recordings/recording-links.js';
import { RecordingRecovery } from './recordings/recording-recovery.js';
import { RecordingStore } from './recordings/recording-store.js';
import { RecordingsController } from './recordings/recordings.controller.js';
import { RecordingsService } from './recordings/recordings.service.js';
import { S3Bucket } from './recordings/s3-bucket.js';
import { S3Store } from './recordings/s3-store.js';
import { SuppressedNumbersController } from './suppressed-numbers.controller.js';
import { SuppressedNumbersService } from './suppressed-numbers.service.js';
import { KEPT_RECORDINGS } from './recordings/recordings.kept.js';
import { RecordingsSettings } from './recordings/recordings.settings.js';

function storeOf({ place, keys }: RecordingsSettings): RecordingStore {
  if (!place) throw new Error('RECORDINGS_URL was not checked.');
  const folder = new FolderStore(place.folder);
  return 'bucket' in place && keys ? new S3Store(new S3Bucket(place, keys), folder) : folder;
}

/** Calls: accepted, made, kept and shown. */
@Module({
  imports: [
    TypeOrmModule.forFeature([Call]),
    AgentsModule,
    LlmModule,
    PhoneNumbersModule,
    ProjectsModule,
    SpeechModule,
    UsersModule,
    VoicesModule,
    WebhooksModule,
  ],
  controllers: [CallsController, RecordingsController, SuppressedNumbersController],
  providers: [
    CallClaims,
    CallConversations,
    CallRetention,
    CallRunner,
    CallDataService,
    CallEvents,
    CallFigures,
    CallHistoryService,
    CallQueue,
    CallRequests,
    CallWebhooks,
    EndCallService,
    IncomingCalls,
    MakeCallService,
    RecordingLinks,
    RecordingRecovery,
    RecordingsService,
    SessionParts,
    SuppressedNumbersService,
    {
      provide: RecordingStore,
      inject: [RecordingsSettings],
      useFactory: storeOf,
    },
    ...KEPT_CALLS,
    KEPT_RECORDINGS,
  ],
  exports: [CallFigures],
})
export class CallsModule {
  static forRoot({ callEngine }: TelephonySettings): DynamicModule {
    const module = { module: CallsModule, global: true };
    if (callEngine === null) return { ...module, providers: [{ provide: Lines, useClass: NoLines }] };
    const [phones, token] = callEngine === 'sip' ? [SipModule, SipLine] : [BrowserPhoneModule, BrowserLine];
    const lines = { provide: Lines, inject: [token], useFactory: (line: PhoneLine): Lines => ({ line }) };
    return { ...module, imports: [phones], providers: [lines] };
  }
}
