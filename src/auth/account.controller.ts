import type { Readable } from 'node:stream';
import { Body, Controller, Delete, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Caller, FromCaller } from '../credentials/caller.js';
import { ApiKeyAnswer } from '../credentials/credentials.dto.js';
import { BearerOnly } from '../credentials/credentials.guard.js';
import { type Client, FromClient } from '../http/client.js';
import { HasEffect } from '../http/methods.js';
import { RowsQuery, withPageHeaders } from '../http/paging.js';
import { streamWhileConnected } from '../http/streamed-answer.js';
import { Answer } from '../openapi/answers.js';
import { Documented } from '../openapi/operation.js';
import { Throttled } from '../throttling/throttled.decorator.js';
import { USER_TAG } from '../users/users.docs.js';
import { AccountService } from './account.service.js';
import * as docs from './auth.docs.js';
import { CurrentSessionAnswer, DeleteAccountDto, MeAnswer, SessionsAnswer } from './auth.dto.js';
import { ExportService } from './export.service.js';
import { HashesPassword } from './hashing-limit.js';
import { OwnApiKeyService } from './own-api-key.service.js';

@ApiTags(USER_TAG.name)
@Controller('user')
export class AccountController {
  constructor(
    private readonly account: AccountService,
    private readonly apiKeys: OwnApiKeyService,
    private readonly exports: ExportService,
  ) {}

  @BearerOnly()
  @HasEffect()
  @Get('generate-apikey')
  @Throttled('generate-apikey')
  @Documented(docs.GENERATE_API_KEY)
  generateApiKey(@FromCaller() caller: Caller, @FromClient() client: Client): Promise<ApiKeyAnswer> {
    return this.apiKeys.generateApiKey(caller, client);
  }

  @BearerOnly()
  @Delete('apikey')
  @Documented(docs.DELETE_API_KEY)
  deleteApiKey(@FromCaller() caller: Caller, @FromClient() client: Client): Promise<Answer> {
    return this.apiKeys.deleteApiKey(caller, client);
  }

  @Get('me')
  @Documented(docs.ME)
  me(@FromCaller() caller: Caller): Promise<MeAnswer> {
    return this.account.me(caller);
  }

  @BearerOnly()
  @HasEffect()
  @Get('export')
  @Throttled('export')
  @Documented(docs.EXPORT_DATA)
  exportData(
    @FromCaller() caller: Caller,
    @FromClient() client: Client,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Readable> {
    void reply.type('application/json; charset=utf-8');
    return streamWhileConnected(request, reply, (gone) => this.exports.exportData(caller, client, gone));
  }

  @BearerOnly()
  @Get('sessions')
  @Documented(docs.LIST_SESSIONS)
  async listSessions(
    @Query() query: RowsQuery,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionsAnswer> {
    return withPageHeaders(reply, await this.account.listSessions(query, caller));
  }

  @BearerOnly()
  @Get('sessions/current')
  @Documented(docs.CURRENT_SESSION)
  currentSession(@FromCaller() caller: Caller): CurrentSessionAnswer {
    return this.account.currentSession(caller);
  }

  @BearerOnly()
  @Delete('sessions/:sessionId')
  @Documented(docs.END_SESSION)
  endSession(
    @Param('sessionId') sessionId: string,
    @FromCaller() caller: Caller,
    @FromClient() client: Client,
  ): Promise<Answer> {
    return this.account.endSession(sessionId, caller, client);
  }

  @BearerOnly()
  @Delete()
  @Throttled('own-password')
  @HashesPassword()
  @Documented(docs.DELETE_ACCOUNT)
  deleteAccount(
    @Body() body: DeleteAccountDto,
    @FromCaller() caller: Caller,
    @FromClient() client: Client,
  ): Promise<Answer> {
    return this.account.deleteAccount(body, caller, client);
  }
}
