import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** Fields of every successful response with an envelope. */
export class Answer {
  @ApiProperty({ example: 'Done.', description: 'What happened, for people.' })
  message: string;

  @ApiProperty({ enum: ['success'], example: 'success' })
  status: 'success';
}

/** Returns a successful response with its fields. */
export function success<Fields extends object>(message: string, fields: Fields): Answer & Fields;
export function success(message: string): Answer;
export function success(message: string, fields: object = {}): Answer {
  return { message, status: 'success', ...fields };
}

/** What is wrong with one field of the request. */
export class FieldFaultAnswer {
  @ApiProperty({ example: 'email' })
  field: string;

  @ApiProperty({ example: 'email is missing' })
  message: string;
}

/** Body of every error response, the framework's own included. */
export class ErrorAnswer {
  @ApiProperty({ description: 'What went wrong, for people.' })
  message: string;

  @ApiProperty({ enum: ['error'] })
  status: 'error';

  @ApiProperty({ pattern: '^[A-Z][A-Z0-9_]*$', description: 'What went wrong, for programs.' })
  code: string;

  @ApiProperty({ description: 'The x-request-id of the answer; the log tells more under it.' })
  requestId: string;

  @ApiPropertyOptional({ type: [FieldFaultAnswer], description: 'Faults of the request’s fields.' })
  errors?: FieldFaultAnswer[];
}
