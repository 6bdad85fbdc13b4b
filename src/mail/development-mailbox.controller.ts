import { Controller, Get, Header, Param, Query, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../http/public.decorator.js';
import { DevelopmentMailboxPages } from './development-mailbox.pages.js';
import { ThisMachineGuard } from './this-machine.guard.js';

const HTML = 'text/html; charset=utf-8';
/** Letters have their style inside; the frame that shows one inherits this policy, so nothing in a letter loads or runs. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The development mailbox in a browser and for scripts. Registered only while it stands in for a mail server. */
@Public()
@UseGuards(ThisMachineGuard)
@ApiExcludeController()
@Controller('dev/mail')
export class DevelopmentMailboxController {
  constructor(private readonly pages: DevelopmentMailboxPages) {}

  /** All letters, newest first. */
  @Get()
  @Header('content-type', HTML)
  @Header('content-security-policy', POLICY)
  list(): Promise<string> {
    return this.pages.list();
  }

  /** The text of the newest letter to an address. */
  @Get('latest')
  @Header('content-type', 'text/plain; charset=utf-8')
  latest(@Query('to') to?: string | string[]): Promise<string> {
    return this.pages.latestText(to);
  }

  /** One letter: its headers, as it looks, and its text. */
  @Get(':id')
  @Header('content-type', HTML)
  @Header('content-security-policy', POLICY)
  letter(@Param('id') id: string): Promise<string> {
    return this.pages.letter(id);
  }
}
