import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { MailServerSettings } from '../config/mail-server.settings.js';
import { ApiDocsSettings } from '../openapi/api-docs.settings.js';
import { VERSION } from '../config/version.js';
import { Public } from '../http/public.decorator.js';
import { addVary } from '../http/vary.js';
import { pagePolicy } from './page-policy.js';
import { PagesSettings } from './pages.settings.js';

const PRODUCT = 'Talkstack server';
const DESCRIPTION = 'A self-hosted server for the Talkstack API, a REST API for AI phone agents.';

function readPage(): string {
  return readFileSync(fileURLToPath(new URL('./home/index.html', import.meta.url)), 'utf8');
}

/** The start page: says what answers here and where to go on. Links are relative, because a proxy may add a path prefix. */
@Public()
@ApiExcludeController()
@Controller()
export class HomeController {
  private readonly links: Record<string, string>;
  private readonly html: string;

  constructor(docs: ApiDocsSettings, mail: MailServerSettings, pages: PagesSettings) {
    this.links = {
      ...(docs.API_DOCS === 'on' && { 'API documentation': './docs', 'OpenAPI document': './docs-json' }),
      ...(mail.hasDevelopmentMailbox && { 'Development mailbox': './dev/mail' }),
      ...(pages.hasBrowserPhone && { 'Browser phone': './dev/phone' }),
      Health: './health/ready',
    };
    const items = Object.entries(this.links).map(([name, href]) => `<li><a href="${href}">${name}</a></li>`);
    this.html = readPage()
      .replaceAll('{{product}}', PRODUCT)
      .replace('{{description}}', DESCRIPTION)
      .replace('{{version}}', VERSION)
      .replace('{{links}}', items.join('\n        '));
  }

  /** HTML for browsers, JSON for programs, by the Accept header. */
  @Get()
  getHome(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    addVary(reply, 'Accept');
    if (request.headers.accept?.includes('text/html')) {
      void reply.header('content-security-policy', pagePolicy()).type('text/html; charset=utf-8').send(this.html);
    } else {
      void reply.send({ name: PRODUCT, description: DESCRIPTION, version: VERSION, links: this.links });
    }
  }
}
