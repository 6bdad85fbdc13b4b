import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Controller, Get, Header, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import Handlebars from 'handlebars';
import { AccountsSettings } from '../config/accounts.settings.js';
import { ProductSettings } from '../config/product.settings.js';
import { Public } from '../http/public.decorator.js';
import { pagePolicy } from './page-policy.js';
import { relativeRoot } from './relative-root.js';

const { escapeExpression } = Handlebars;

function readAsset(name: string): string {
  return readFileSync(fileURLToPath(new URL(`./reset-password/${name}`, import.meta.url)), 'utf8');
}

/** The page behind the link in the reset message. */
@Public()
@ApiExcludeController()
@Controller('reset-password')
export class ResetPasswordController {
  private readonly html: string;
  private readonly js = readAsset('page.js');

  constructor(accounts: AccountsSettings, product: ProductSettings) {
    this.html = readAsset('index.html')
      .replaceAll('{{minLength}}', String(accounts.PASSWORD_MIN_LENGTH))
      .replaceAll('{{product}}', escapeExpression(product.PRODUCT_NAME))
      .replaceAll('{{signInUrl}}', escapeExpression(product.SIGN_IN_URL ?? ''));
  }

  /** The page. */
  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', pagePolicy())
  getPage(@Req() request: FastifyRequest): string {
    return this.html.replaceAll('{{root}}', relativeRoot(request.url));
  }

  /** Its script. */
  @Get('page.js')
  @Header('content-type', 'text/javascript; charset=utf-8')
  getScript(): string {
    return this.js;
  }
}
