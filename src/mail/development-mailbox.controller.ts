import { Controller, Get, Header, OnModuleInit, Param, Query, Req, UseGuards } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Client, FromClient } from '../http/client.js';
import { Public } from '../http/public.decorator.js';
import { pagePolicy } from '../pages/page-policy.js';
import { ThisMachineGuard } from '../pages/this-machine.guard.js';
import { DevelopmentMailbox } from './development-mailbox.js';
import { DevelopmentMailboxPages } from './development-mailbox.pages.js';

const HTML = 'text/html; charset=utf-8';
/** Messages have inline styles, and their frame inherits this policy. The frame's sandbox runs no script. */
const POLICY = pagePolicy({ 'style-src': "'self' 'unsafe-inline'" });

/** The development mailbox for browsers and scripts. Registered only when there is no mail server. */
@Public()
@UseGuards(ThisMachineGuard)
@ApiExcludeController()
@Controller('dev/mail')
export class DevelopmentMailboxController implements OnModuleInit {
  constructor(
    private readonly pages: DevelopmentMailboxPages,
    private readonly mailbox: DevelopmentMailbox,
    private readonly host: HttpAdapterHost,
  ) {}

  /** A stop waits for open requests, and those of `changes` wait for messages. */
  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    fastify.addHook('preClose', async () => this.mailbox.endWaiting());
  }

  /** All messages, newest first. */
  @Get()
  @Header('content-type', HTML)
  @Header('content-security-policy', POLICY)
  list(@Req() { url }: FastifyRequest): Promise<string> {
    return this.pages.list(url);
  }

  /** The text of the newest message to an address. */
  @Get('latest')
  @Header('content-type', 'text/plain; charset=utf-8')
  latest(@Query('to') to?: string | string[]): Promise<string> {
    return this.pages.latestText(to);
  }

  /** Responds with the newest message's id as soon as it differs from `after`, or with the same one after 20 s; 503 when too many wait. */
  @Get('changes')
  async changes(
    @Req() { raw }: FastifyRequest,
    @FromClient() { ip }: Client,
    @Query('after') after?: string | string[],
  ): Promise<{ newest: string }> {
    return { newest: await this.pages.newest(String(after ?? ''), ip, raw.socket) };
  }

  /** The script of the pages. */
  @Get('page.js')
  @Header('content-type', 'text/javascript; charset=utf-8')
  script(): string {
    return this.pages.script;
  }

  /** One message: headers, HTML and text. */
  @Get(':id')
  @Header('content-type', HTML)
  @Header('content-security-policy', POLICY)
  letter(@Req() { url }: FastifyRequest, @Param('id') id: string): Promise<string> {
    return this.pages.letter(url, id);
  }
}
