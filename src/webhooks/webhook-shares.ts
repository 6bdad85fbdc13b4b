import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { Database } from '../database/database.js';
import { DELIVERY_STATE, WebhookDelivery } from './webhook-delivery.entity.js';

/** Deliveries under way at the same time on one instance, of one project and of all projects of a user. */
const MAX_PER_PROJECT = 5;
const MAX_PER_USER = 20;

/** Each project that has deliveries due, by one step through the index a project: however many wait, they are not counted. */
const DUE_PROJECTS = `
  WITH RECURSIVE waiting (id) AS (
    SELECT MIN(project_id) FROM webhook_deliveries WHERE state = '${DELIVERY_STATE.QUEUED}'
    UNION ALL
    SELECT (SELECT MIN(project_id) FROM webhook_deliveries WHERE state = '${DELIVERY_STATE.QUEUED}' AND project_id > waiting.id)
    FROM waiting WHERE waiting.id IS NOT NULL
  )
  SELECT waiting.id AS id, (SELECT user_id FROM projects WHERE projects.id = waiting.id) AS user_id
  FROM waiting
  WHERE waiting.id IS NOT NULL AND EXISTS (
    SELECT 1 FROM webhook_deliveries due
    WHERE due.state = '${DELIVERY_STATE.QUEUED}' AND due.project_id = waiting.id AND due.next_try_at <= ?
  )`;

/** Deliveries of a project that may be made now: of each subject the first that is not settled. */
const HEADS = `
  SELECT delivery.id AS id FROM webhook_deliveries delivery
  WHERE delivery.state = '${DELIVERY_STATE.QUEUED}' AND delivery.project_id = ? AND delivery.next_try_at <= ?
    AND (delivery.leased_until IS NULL OR delivery.leased_until <= ?)
    AND NOT EXISTS (
      SELECT 1 FROM webhook_deliveries earlier
      WHERE earlier.subject_id = delivery.subject_id AND earlier.position < delivery.position
        AND earlier.state = '${DELIVERY_STATE.QUEUED}'
    )
  ORDER BY delivery.next_try_at, delivery.id LIMIT ?`;

/** Which deliveries an instance makes next, so that a slow receiver delays nobody else's. */
@Injectable()
export class WebhookShares {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Ids of at most so many deliveries; the projects that have the fewest under way come first. */
  async choose(underWay: WebhookDelivery[], limit: number): Promise<string[]> {
    const now = this.now();
    const projects = new Map<string, number>();
    const users = new Map<string, number>();
    for (const { projectId, userId } of underWay) {
      projects.set(projectId, (projects.get(projectId) ?? 0) + 1);
      users.set(userId, (users.get(userId) ?? 0) + 1);
    }
    const running = ({ id }: { id: string }) => projects.get(id) ?? 0;
    const due = await this.query<{ id: string; user_id: string }>(DUE_PROJECTS, [now]);
    const chosen: string[] = [];
    for (const project of due.sort((a, b) => running(a) - running(b))) {
      const ofUser = users.get(project.user_id) ?? 0;
      const share = Math.min(MAX_PER_PROJECT - running(project), MAX_PER_USER - ofUser, limit - chosen.length);
      if (share <= 0) continue;
      const found = await this.query<{ id: string }>(HEADS, [project.id, now, now, share]);
      users.set(project.user_id, ofUser + found.length);
      chosen.push(...found.map(({ id }) => id));
    }
    return chosen;
  }

  /** As the database spells it. */
  private now(): unknown {
    const { driver } = this.database.reader;
    const column = this.database.reader.getMetadata(WebhookDelivery).findColumnWithPropertyName('nextTryAt');
    return column ? driver.preparePersistentValue(this.clock.now(), column) : this.clock.now();
  }

  private query<Row>(sql: string, parameters: unknown[]): Promise<Row[]> {
    return this.database.reader.query(sql, parameters);
  }
}
