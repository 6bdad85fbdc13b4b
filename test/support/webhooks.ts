import { v7 as uuid } from 'uuid';
import { Database } from '../../src/database/database.js';
import { WebhookDelivery } from '../../src/webhooks/webhook-delivery.entity.js';
import { WebhookEvents } from '../../src/webhooks/webhook-events.js';
import { WebhookOutbox } from '../../src/webhooks/webhook-outbox.js';
import type { WebhookType } from '../../src/webhooks/webhook-types.js';
import { ApiCredentials } from './api-client.js';
import { createProject } from './projects.js';
import { TestApp } from './start-app.js';

/** Receivers of tests are on this machine; deliveries that nobody announced are looked for when a test says so. */
export const WEBHOOK_SETTINGS = { WEBHOOK_ALLOWED_HOSTS: '127.0.0.1', WEBHOOK_POLL_MS: '60000' };

/** A project whose webhooks lead to this URL, with their secret. */
export interface HookedProject {
  id: string;
  user_id: string;
  secret: string;
}

export async function setWebhook(
  { api }: Pick<TestApp, 'api'>,
  as: ApiCredentials,
  projectId: string,
  webhookURL: string | null,
): Promise<string> {
  const { status, body } = await api.as(as).post('/project/call-status/add-webhookurl', { projectId, webhookURL });
  if (status !== 200) throw new Error(`Could not set the webhook: ${JSON.stringify(body)}`);
  return body.secret;
}

export async function hookedProject(service: TestApp, as: ApiCredentials, url: string): Promise<HookedProject> {
  const { id, user_id } = await createProject(service, as);
  return { id, user_id, secret: await setWebhook(service, as, id, url) };
}

/** Something that happens to a call past the flow of calls, each in a unit of work of its own; returns the call's id. */
export async function happen(
  { app }: TestApp,
  { id: projectId, user_id: userId }: Pick<HookedProject, 'id' | 'user_id'>,
  types: WebhookType[],
  { callId = uuid(), ...more }: { callId?: string; [field: string]: unknown } = {},
): Promise<string> {
  for (const type of types) {
    const event = { subjectId: callId, type, data: { call_id: callId, ...more } };
    await app.get(Database).write((tx) => app.get(WebhookEvents).add(tx, { userId, projectId }, () => [event]));
  }
  return callId;
}

/** Waits until these instances have tried every delivery that is due. */
export async function deliver(...services: TestApp[]): Promise<void> {
  await Promise.all(services.map(({ app }) => app.get(WebhookOutbox).drain()));
}

/** The deliveries of a call, in their order. */
export function deliveriesOf({ app }: TestApp, subjectId: string): Promise<WebhookDelivery[]> {
  const { manager } = app.get(Database).reader;
  return manager.find(WebhookDelivery, { where: { subjectId }, order: { position: 'ASC' } });
}
