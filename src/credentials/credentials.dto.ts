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
