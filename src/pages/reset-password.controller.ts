import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Controller, Get, Header, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import Handlebars from 'handlebars';
import { Env } from '../config/env.js';
import { Public } from '../http/public.decorator.js';

/** What the page needs and no more; `form-action 'none'` keeps the password in even if the script does not run. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const { escapeExpression } = Handlebars;

function readAsset(name: string): string {
  return readFileSync(fileURLToPath(new URL(`./reset-password/${name}`, import.meta.url)), 'utf8');
}

/** Where the page finds its files. Relative, for the service may be reached below a path that it does not know. */
function assetFolder(url: string): string {
  const [path] = url.split('?');
  return path.endsWith('/') ? './' : './reset-password/';
}

/** The page to which the link in the reset letter leads. */
@Public()
@ApiExcludeController()
@Controller('reset-password')
export class ResetPasswordController {
  private readonly html: string;
  private readonly js = readAsset('page.js');
  private readonly css = readAsset('page.css');

  constructor(env: Env) {
    this.html = readAsset('index.html')
      .replaceAll('{{minLength}}', String(env.PASSWORD_MIN_LENGTH))
      .replaceAll('{{product}}', escapeExpression(env.PRODUCT_NAME))
      .replaceAll('{{signInUrl}}', escapeExpression(env.SIGN_IN_URL ?? ''));
  }

  /** The page. */
  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', CONTENT_SECURITY_POLICY)
  getPage(@Req() request: FastifyRequest): string {
    return this.html.replaceAll('{{assets}}', assetFolder(request.url));
  }

  /** Its script. */
  @Get('page.js')
  @Header('content-type', 'text/javascript; charset=utf-8')
  getScript(): string {
    return this.js;
  }

  /** Its style. */
  @Get('page.css')
  @Header('content-type', 'text/css; charset=utf-8')
  getStyle(): string {
    return this.css;
  }
}
