import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Answer } from '../openapi/answers.js';

const SECRET = {
  pattern: '^whsec_[A-Za-z0-9+/]+=*$',
  example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=',
  description: 'What webhooks are signed with (Standard Webhooks).',
};

export class AddWebhookAnswer extends Answer {
  @ApiPropertyOptional({ ...SECRET, description: `${SECRET.description} Absent where the webhook was removed.` })
  secret?: string;
}

export class WebhookSecretAnswer extends Answer {
  @ApiProperty(SECRET)
  secret: string;
}
