import { Controller, Get, Header } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '../http/public.decorator.js';
import { Documented } from '../openapi/operation.js';
import { AUTHENTICATION_TAG, JWKS } from './credentials.docs.js';
import { JwksAnswer } from './credentials.dto.js';
import { SigningKeysService } from './signing-keys.service.js';

@ApiTags(AUTHENTICATION_TAG.name)
@Controller('.well-known')
export class JwksController {
  constructor(private readonly keys: SigningKeysService) {}

  @Public()
  @Get('jwks.json')
  @Header('cache-control', 'public, max-age=300')
  @Documented(JWKS)
  jwks(): Promise<JwksAnswer> {
    return this.keys.jwks() as unknown as Promise<JwksAnswer>;
  }
}
