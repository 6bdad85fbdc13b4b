import { Module } from '@nestjs/common';
import { BrowserLine } from './browser-line.js';
import { PhoneSocket } from './phone-socket.js';

/** The browser phone: a line, and the pages on which it rings. Never in production. */
@Module({ providers: [BrowserLine, PhoneSocket], exports: [BrowserLine] })
export class BrowserPhoneModule {}
