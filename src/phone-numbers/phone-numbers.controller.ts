import { Body, Controller, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type Caller, FromCaller } from '../credentials/caller.js';
import { RowsQuery, withPageHeaders } from '../http/paging.js';
import { Documented } from '../openapi/operation.js';
import * as docs from './phone-numbers.docs.js';
import {
  FindNumberDto,
  PhoneNumberFoundAnswer,
  PhoneNumberRemovedAnswer,
  RemoveNumberDto,
} from './phone-numbers.dto.js';
import { PhoneNumbersService } from './phone-numbers.service.js';

@ApiTags(docs.PHONE_NUMBER_TAG.name)
@Controller('phone-number')
export class PhoneNumbersController {
  constructor(private readonly numbers: PhoneNumbersService) {}

  @Post()
  @HttpCode(200)
  @Documented(docs.FIND_NUMBER)
  async findNumber(
    @Body() body: FindNumberDto,
    @Query() query: RowsQuery,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PhoneNumberFoundAnswer> {
    return withPageHeaders(reply, await this.numbers.findNumber(body, query, caller));
  }

  @Post('remove-number')
  @HttpCode(200)
  @Documented(docs.REMOVE_NUMBER)
  removeNumber(@Body() body: RemoveNumberDto, @FromCaller() caller: Caller): Promise<PhoneNumberRemovedAnswer> {
    return this.numbers.removeNumber(body, caller);
  }
}
