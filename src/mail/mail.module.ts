import { MailerModule } from '@nestjs-modules/mailer';
import { DynamicModule, Module } from '@nestjs/common';
import { MailServerSettings } from '../config/mail-server.settings.js';
import { PagesModule } from '../pages/pages.module.js';
import { DeliveryService } from './delivery.service.js';
import { DevelopmentMailboxController } from './development-mailbox.controller.js';
import { DevelopmentMailbox } from './development-mailbox.js';
import { DevelopmentMailboxPages } from './development-mailbox.pages.js';
import { LetterWriter } from './letter-writer.js';
import { KEPT_LETTERS } from './mail.kept.js';
import { MailService } from './mail.service.js';
import { smtpOptions } from './mail.transport.js';
import { MailOutbox } from './mail-outbox.js';

/** E-mail: queued through MailService, sent by the outbox through SMTP or into the development mailbox. */
@Module({})
export class MailModule {
  static forRoot(settings: MailServerSettings): DynamicModule {
    const base = {
      module: MailModule,
      global: true,
      providers: [MailService, MailOutbox, DeliveryService, LetterWriter, KEPT_LETTERS],
      exports: [MailService, MailOutbox],
    };
    if (!settings.hasDevelopmentMailbox) {
      return { ...base, imports: [MailerModule.forRoot({ transport: smtpOptions(String(settings.SMTP_URL)) })] };
    }
    const mailbox = new DevelopmentMailbox();
    return {
      ...base,
      imports: [MailerModule.forRoot({ transport: mailbox }), PagesModule],
      controllers: [DevelopmentMailboxController],
      providers: [...base.providers, DevelopmentMailboxPages, { provide: DevelopmentMailbox, useValue: mailbox }],
      exports: [...base.exports, DevelopmentMailbox],
    };
  }
}
