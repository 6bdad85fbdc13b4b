import { Body, Controller, Delete, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type Caller, FromCaller } from '../credentials/caller.js';
import { RowsQuery, withPageHeaders } from '../http/paging.js';
import { Answer } from '../openapi/answers.js';
import { Documented } from '../openapi/operation.js';
import { CALL_TAG } from './calls.docs.js';
import * as docs from './suppressed-numbers.docs.js';
import { SuppressedNumberDto, SuppressedNumbersAnswer } from './suppressed-numbers.dto.js';
import { SuppressedNumbersService } from './suppressed-numbers.service.js';

@ApiTags(CALL_TAG.name)
@Controller('user/suppressed-numbers')
export class SuppressedNumbersController {
  constructor(private readonly numbers: SuppressedNumbersService) {}

  @Get()
  @Documented(docs.LIST_SUPPRESSED_NUMBERS)
  async listSuppressedNumbers(
    @Query() query: RowsQuery,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SuppressedNumbersAnswer> {
    return withPageHeaders(reply, await this.numbers.list(query, caller));
  }

  @Post()
  @HttpCode(200)
  @Documented(docs.SUPPRESS_NUMBER)
  suppressNumber(@Body() body: SuppressedNumberDto, @FromCaller() caller: Caller): Promise<Answer> {
    return this.numbers.add(body, caller);
  }

  @Delete()
  @Documented(docs.UNSUPPRESS_NUMBER)
  unsuppressNumber(@Body() body: SuppressedNumberDto, @FromCaller() caller: Caller): Promise<Answer> {
    return this.numbers.remove(body, caller);
  }
}
