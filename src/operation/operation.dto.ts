import { ApiProperty } from '@nestjs/swagger';
import { Answer } from '../openapi/answers.js';

/** What calls of this instance are made with: names, in the order in which they are tried. */
export class CallProviders {
  @ApiProperty({ type: [String], example: ['scripted'] })
  languageModel: string[];

  @ApiProperty({ type: [String], example: ['pocketsphinx'], description: 'Empty: turns are told by their length.' })
  speechToText: string[];

  @ApiProperty({ type: [String], example: ['flite'] })
  textToSpeech: string[];
}

export class ReadyAnswer extends Answer {
  @ApiProperty({ enum: ['up'], description: 'The database answers and has all migrations.' })
  database: 'up';

  @ApiProperty({ type: CallProviders })
  providers: CallProviders;
}
