import { ApiProperty } from '@nestjs/swagger';
import { Answer } from '../openapi/answers.js';

export class ReadyAnswer extends Answer {
  @ApiProperty({ enum: ['up'], description: 'The database answers and has all migrations.' })
  database: 'up';
}
