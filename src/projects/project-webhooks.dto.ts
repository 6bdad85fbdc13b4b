import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Answer } from '../openapi/answers.js';
import { WebhookDeliveryAnswer } from '../webhooks/webhooks.dto.js';

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

export class OneDeliveryAnswer extends Answer {
  @ApiProperty({ type: WebhookDeliveryAnswer })
  delivery: WebhookDeliveryAnswer;
}

export class DeliveriesAnswer extends Answer {
  @ApiProperty({ type: [WebhookDeliveryAnswer], description: 'The newest first.' })
  deliveries: WebhookDeliveryAnswer[];

  @ApiProperty({ type: 'integer', example: 1, description: 'How many there are on all pages.' })
  total: number;
}
