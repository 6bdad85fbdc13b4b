import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Controller, Get, Header, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Env } from '../config/env.js';
import { VERSION } from '../config/version.js';
import { Public } from '../http/public.decorator.js';
import { addVary } from '../http/vary.js';

const PRODUCT = 'Talkstack server';
const DESCRIPTION = 'A self-hosted server for the Talkstack API, a REST API for AI phone agents.';
const POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

function readAsset(name: string): string {
  return readFileSync(fileURLToPath(new URL(`./home/${name}`, import.meta.url)), 'utf8');
}

/** The start page: says what answers here and where to go on. Links are relative, because a proxy may add a path prefix. */
@Public()
@ApiExcludeController()
@Controller()
export class HomeController {
  private readonly links: Record<string, string>;
  private readonly html: string;
  private readonly icon = readAsset('favicon.svg');

  constructor(env: Env) {
    this.links = {
      ...(env.API_DOCS === 'on' && { 'API documentation': './docs', 'OpenAPI document': './docs-json' }),
      ...(env.hasDevelopmentMailbox && { 'Development mailbox': './dev/mail' }),
      Health: './health/ready',
    };
    const items = Object.entries(this.links).map(([name, href]) => `<li><a href="${href}">${name}</a></li>`);
    this.html = readAsset('index.html')
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
      void reply.header('content-security-policy', POLICY).type('text/html; charset=utf-8').send(this.html);
    } else {
      void reply.send({ name: PRODUCT, description: DESCRIPTION, version: VERSION, links: this.links });
    }
  }

  /** The icon that browsers show in a tab. */
  @Get(['favicon.svg', 'favicon.ico'])
  @Header('content-type', 'image/svg+xml')
  @Header('cache-control', 'public, max-age=86400')
  getIcon(): string {
    return this.icon;
  }
}
