import { DynamicModule, Module } from '@nestjs/common';
import { AgentsModule } from './agents/agents.module.js';
import { AuthModule } from './auth/auth.module.js';
import { CallsModule } from './calls/calls.module.js';
import { CommonModule } from './common/common.module.js';
import { ConfigModule } from './config/config.module.js';
import { MailServerSettings } from './config/mail-server.settings.js';
import { Settings } from './config/settings.js';
import { DatabaseModule } from './database/database.module.js';
import { HousekeepingModule } from './housekeeping/housekeeping.module.js';
import { KeptDataModule } from './kept-data/kept-data.module.js';
import { MailModule } from './mail/mail.module.js';
import { OperationModule } from './operation/operation.module.js';
import { PagesModule } from './pages/pages.module.js';
import { PagesSettings } from './pages/pages.settings.js';
import { PhoneNumbersModule } from './phone-numbers/phone-numbers.module.js';
import { ProjectsModule } from './projects/projects.module.js';
import { SCHEMA } from './schema.js';
import { SecretsModule } from './secrets/secrets.module.js';
import { BrowserPhoneModule } from './telephony/browser/browser-phone.module.js';
import { TelephonySettings } from './telephony/telephony.settings.js';
import { ThrottlingModule } from './throttling/throttling.module.js';
import { UsersModule } from './users/users.module.js';
import { VoicesModule } from './voices/voices.module.js';

/** The service: the list of its modules. */
@Module({})
export class AppModule {
  static forRoot(settings: Settings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(settings),
        CommonModule,
        DatabaseModule.forRoot(SCHEMA),
        KeptDataModule,
        SecretsModule.forRoot(),
        ThrottlingModule,
        OperationModule,
        UsersModule,
        MailModule.forRoot(settings.get(MailServerSettings)),
        AuthModule,
        ProjectsModule,
        PhoneNumbersModule,
        VoicesModule,
        AgentsModule,
        CallsModule.forRoot(settings.get(TelephonySettings)),
        PagesModule,
        ...(settings.get(PagesSettings).hasBrowserPhone ? [BrowserPhoneModule] : []),
        HousekeepingModule,
      ],
    };
  }
}
