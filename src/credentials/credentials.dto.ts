import { ApiProperty } from '@nestjs/swagger';
import { ID_EXAMPLES } from '../http/fields.js';
import { Answer } from '../openapi/answers.js';

export class ApiKeyAnswer extends Answer {
  @ApiProperty({
    pattern: '^[0-9a-f]{64}$',
    description: 'Shown this once.',
    example: '0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0',
  })
  apiKey: string;
}

export class JwkAnswer {
  @ApiProperty({ enum: ['EC'] })
  kty: string;

  @ApiProperty({ enum: ['P-256'] })
  crv: string;

  @ApiProperty({ example: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU' })
  x: string;

  @ApiProperty({ example: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0' })
  y: string;

  @ApiProperty({ example: ID_EXAMPLES.keyId })
  kid: string;

  @ApiProperty({ enum: ['sig'] })
  use: string;

  @ApiProperty({ enum: ['ES256'] })
  alg: string;
}

export class JwksAnswer {
  @ApiProperty({ type: [JwkAnswer] })
  keys: JwkAnswer[];
}

export class SessionAnswer {
  @ApiProperty({ format: 'uuid', example: ID_EXAMPLES.sessionId })
  id: string;

  @ApiProperty({ example: true, description: 'It is the session that asks.' })
  current: boolean;

  @ApiProperty({ example: 'Mozilla/5.0', description: 'Program that logged in, by its own words.' })
  user_agent: string;

  @ApiProperty({ example: '203.0.113.0/24', description: 'Network from which it logged in, its last bits masked.' })
  network: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-01T00:00:00.000Z' })
  created_at: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'Login or last refresh.',
    example: '2026-01-01T00:00:00.000Z',
  })
  last_used_at: string;
}
