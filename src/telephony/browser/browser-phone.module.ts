import { Module } from '@nestjs/common';
import { PagesModule } from '../../pages/pages.module.js';
import { BrowserLine } from './browser-line.js';
import { PhoneController } from './phone.controller.js';
import { PhoneSocket } from './phone-socket.js';

/** The browser phone: a line, and the pages on which it rings. Never in production. */
@Module({
  imports: [PagesModule],
  controllers: [PhoneController],
  providers: [BrowserLine, PhoneSocket],
  exports: [BrowserLine],
})
export class BrowserPhoneModule {}
