import { ApiProperty } from '@nestjs/swagger';
import { Answer } from '../openapi/answers.js';
import { Voice } from '../speech/synthesis/voice.js';

export class VoicesAnswer extends Answer {
  @ApiProperty({ type: [Voice] })
  voices: Voice[];
}

export class VoiceAnswer extends Answer {
  @ApiProperty({ type: Voice })
  voice: Voice;
}
