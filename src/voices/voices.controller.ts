import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ListQuery, withPageHeaders } from '../http/paging.js';
import { Public } from '../http/public.decorator.js';
import { Documented } from '../openapi/operation.js';
import { sendAudio } from '../speech/synthesis/audio.js';
import * as docs from './voices.docs.js';
import { VoiceAnswer, VoicesAnswer } from './voices.dto.js';
import { VoicesService } from './voices.service.js';

@ApiTags(docs.VOICES_TAG.name)
@Controller('voices')
export class VoicesController {
  constructor(private readonly voices: VoicesService) {}

  @Get()
  @Documented(docs.LIST_VOICES)
  async listVoices(@Query() query: ListQuery, @Res({ passthrough: true }) reply: FastifyReply): Promise<VoicesAnswer> {
    return withPageHeaders(reply, await this.voices.listVoices(query));
  }

  @Get(':voice_id')
  @Documented(docs.GET_VOICE)
  getVoice(@Param('voice_id') voiceId: string): Promise<VoiceAnswer> {
    return this.voices.getVoice(voiceId);
  }

  @Public()
  @Get(':voice_id/preview')
  @Documented(docs.PLAY_PREVIEW)
  async playPreview(
    @Param('voice_id') voiceId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendAudio(await this.voices.playPreview(voiceId), request, reply);
  }
}
