import { ApiProperty } from '@nestjs/swagger';
import { ExportedData } from '../kept-data/exported-data.js';
import { Answer } from '../openapi/answers.js';

export class ExportAnswer extends Answer {
  @ApiProperty({ type: ExportedData })
  data: ExportedData;
}
