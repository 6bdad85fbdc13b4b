/**
 * What webhooks tell of, and the place of each among those of one subject: a call never goes back, so its webhooks have the order of its
 * statuses whoever writes them.
 */
export const WEBHOOK_PLACES = {
  'call.queued': 0,
  'call.initiated': 1,
  'call.ringing': 2,
  'call.answered': 3,
  'call.ended': 4,
  'webhook.test': 0,
} as const;

export type WebhookType = keyof typeof WEBHOOK_PLACES;
export const WEBHOOK_TYPES = Object.keys(WEBHOOK_PLACES) as WebhookType[];
