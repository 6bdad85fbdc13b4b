import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Caller, FromCaller } from '../credentials/caller.js';
import { Documented } from '../openapi/operation.js';
import { PHONE_NUMBER_TAG } from '../phone-numbers/phone-numbers.docs.js';
import { PhoneNumberDataAnswer } from '../phone-numbers/phone-numbers.dto.js';
import { AgentNumbersService } from './agent-numbers.service.js';
import * as docs from './agents.docs.js';
import { AddNumberDto } from './agents.dto.js';

@ApiTags(PHONE_NUMBER_TAG.name)
@Controller('phone-number')
export class AgentNumbersController {
  constructor(private readonly agentNumbers: AgentNumbersService) {}

  @Post('add-number')
  @HttpCode(200)
  @Documented(docs.ADD_NUMBER)
  addNumber(@Body() body: AddNumberDto, @FromCaller() caller: Caller): Promise<PhoneNumberDataAnswer> {
    return this.agentNumbers.addNumber(body, caller);
  }
}
