import { Controller, Get, Header } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Documented } from '../openapi/operation.js';
import { Public } from '../http/public.decorator.js';
import * as docs from '../auth/auth.docs.js';
import { JwksAnswer } from '../auth/auth.dto.js';
import { SigningKeysService } from './signing-keys.service.js';

@ApiTags('Authentication')
@Controller('.well-known')
export class JwksController {
  constructor(private readonly keys: SigningKeysService) {}

  @Public()
  @Get('jwks.json')
  @Header('cache-control', 'public, max-age=300')
  @Documented(docs.JWKS)
  jwks(): Promise<JwksAnswer> {
    return this.keys.jwks() as unknown as Promise<JwksAnswer>;
  }
}
