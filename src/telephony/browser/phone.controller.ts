import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Controller, Get, Header, Req, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Public } from '../../http/public.decorator.js';
import { DevelopmentFrame } from '../../pages/development-frame.js';
import { pagePolicy } from '../../pages/page-policy.js';
import { ThisMachineGuard } from '../../pages/this-machine.guard.js';

const MODULE = 'page.js';
const SCRIPTS = [
  MODULE,
  'call-card.js',
  'connection.js',
  'microphone.js',
  'player.worklet.js',
  'recorder.worklet.js',
  'ringing.js',
  'speaker.js',
];

function readFile(name: string): string {
  return readFileSync(fileURLToPath(new URL(`./page/${name}`, import.meta.url)), 'utf8');
}

/** The page of the browser phone. Registered only where the browser phone is. */
@Public()
@UseGuards(ThisMachineGuard)
@ApiExcludeController()
@Controller('dev/phone')
export class PhoneController {
  private readonly main = readFile('phone.html');
  private readonly css = readFile('phone.css');
  private readonly scripts = new Map(SCRIPTS.map((name) => [name, readFile(name)]));

  constructor(private readonly frame: DevelopmentFrame) {}

  /** The page. */
  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', pagePolicy({ 'media-src': "'self'" }))
  page(@Req() { url }: FastifyRequest): string {
    const [module, style] = [`dev/phone/${MODULE}`, 'dev/phone/phone.css'];
    return this.frame.render(url, { title: 'Browser phone', main: this.main, module, style });
  }

  /** What its look has beside that of all pages. */
  @Get('phone.css')
  @Header('content-type', 'text/css; charset=utf-8')
  style(): string {
    return this.css;
  }

  /** Its scripts. */
  @Get(SCRIPTS)
  @Header('content-type', 'text/javascript; charset=utf-8')
  script(@Req() { routeOptions }: FastifyRequest): string | undefined {
    return this.scripts.get(routeOptions.url?.split('/').at(-1) ?? '');
  }
}
