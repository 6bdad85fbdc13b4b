import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../http/public.decorator.js';

function readAsset(name: string): string {
  return readFileSync(fileURLToPath(new URL(`./assets/${name}`, import.meta.url)), 'utf8');
}

/** Files that all pages share. */
@Public()
@ApiExcludeController()
@Controller()
export class PageAssetsController {
  private readonly style = readAsset('page.css');
  private readonly icon = readAsset('favicon.svg');

  /** The style of every page. */
  @Get('assets/page.css')
  @Header('content-type', 'text/css; charset=utf-8')
  getStyle(): string {
    return this.style;
  }

  /** The icon that browsers show in a tab. */
  @Get(['favicon.svg', 'favicon.ico'])
  @Header('content-type', 'image/svg+xml')
  @Header('cache-control', 'public, max-age=86400')
  getIcon(): string {
    return this.icon;
  }
}
