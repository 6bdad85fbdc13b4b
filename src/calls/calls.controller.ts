import { Body, Controller, Headers, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type Caller, FromCaller } from '../credentials/caller.js';
import { BODY_LIMIT_BYTES, BodyLimit } from '../http/body-limit.js';
import { Documented } from '../openapi/operation.js';
import { CallDataAnswer } from './call-answer.js';
import { CallDataService } from './call-data.service.js';
import { CallHistoryDto, CallHistoryQuery } from './call-history.dto.js';
import { CallHistoryService } from './call-history.service.js';
import * as docs from './calls.docs.js';
import { FindCallDto, MakeCallAnswer, MakeCallDto } from './calls.dto.js';
import { EndCallService } from './end-call.service.js';
import { MakeCallService } from './make-call.service.js';
import { VARIABLES_MAX_BYTES } from './variables-field.js';

/** JSON may spell any character as `\uXXXX`, six bytes for one. */
export const CALL_BODY_LIMIT_BYTES = BODY_LIMIT_BYTES + 6 * VARIABLES_MAX_BYTES;

@ApiTags(docs.CALL_TAG.name)
@Controller('call')
export class CallsController {
  constructor(
    private readonly making: MakeCallService,
    private readonly calls: CallDataService,
    private readonly history: CallHistoryService,
    private readonly ending: EndCallService,
  ) {}

  @Post('makeCall')
  @HttpCode(200)
  @BodyLimit(CALL_BODY_LIMIT_BYTES)
  @Documented(docs.MAKE_CALL)
  makeCall(
    @Body() body: MakeCallDto,
    @Headers('idempotency-key') key: string | undefined,
    @FromCaller() caller: Caller,
  ): Promise<MakeCallAnswer> {
    return this.making.makeCall(body, key, caller);
  }

  @Post()
  @HttpCode(200)
  @Documented(docs.GET_CALL)
  getCall(@Body() body: FindCallDto, @FromCaller() caller: Caller): Promise<CallDataAnswer> {
    return this.calls.getCall(body, caller);
  }

  @Post('get-call-history')
  @HttpCode(200)
  @Documented(docs.GET_CALL_HISTORY)
  getCallHistory(
    @Query() query: CallHistoryQuery,
    @Body() body: CallHistoryDto,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    void reply.type('application/json; charset=utf-8');
    return this.history.getCallHistory(query, body, caller);
  }

  @Post('end-call')
  @HttpCode(200)
  @Documented(docs.END_CALL)
  endCall(@Body() body: FindCallDto, @FromCaller() caller: Caller): Promise<MakeCallAnswer> {
    return this.ending.endCall(body, caller);
  }
}
