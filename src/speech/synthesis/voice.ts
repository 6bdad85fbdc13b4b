import { ApiProperty } from '@nestjs/swagger';

export const VOICE_ID_EXAMPLE = '388RBsNDjMwsbQLvGO8L';

/** What a voice sounds like; free text, empty where nobody said. */
export class VoiceLabels {
  @ApiProperty({ example: 'American' })
  accent: string;

  @ApiProperty({ example: 'expressive' })
  description: string;

  @ApiProperty({ example: 'middle-aged' })
  age: string;

  @ApiProperty({ example: 'female' })
  gender: string;

  @ApiProperty({ example: 'social media' })
  use_case: string;
}

/** A voice that an agent can speak with. */
export class Voice {
  @ApiProperty({ example: 'Nova' })
  name: string;

  @ApiProperty({ type: VoiceLabels })
  labels: VoiceLabels;

  @ApiProperty({ example: VOICE_ID_EXAMPLE })
  voice_id: string;

  @ApiProperty({
    example: `https://api.example.com/voices/${VOICE_ID_EXAMPLE}/preview`,
    description: 'Plays a sample of the voice, without credentials; empty where there is none.',
  })
  preview_url: string;
}
