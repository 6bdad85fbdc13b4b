import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import { Caller } from '../credentials/caller.js';
import { Database } from '../database/database.js';
import { rowsByKey } from '../database/row-pages.js';
import { JsonArray } from '../http/json-array.js';
import { MAX_ANSWER_BYTES } from '../http/paging.js';
import { PROJECTS_ERRORS } from '../projects/projects.errors.js';
import { ProjectsService } from '../projects/projects.service.js';
import { CallAnswer } from './call-answer.js';
import { CallFilters, CallHistoryDto, CallHistoryQuery } from './call-history.dto.js';
import { CallTotal } from './call-total.entity.js';
import { Call } from './call.entity.js';
import { decodeCursor, encodeCursor } from './history-cursor.js';
import { RecordingLinks } from './recordings/recording-links.js';
import { countMatching, historyIds, isFiltered, sortColumnOf } from './history-query.js';

const USUAL_PAGE_SIZE = 20;
/** Half of the largest response: it contains the list twice. */
const MAX_LIST_BYTES = (MAX_ANSWER_BYTES - 1024) / 2;

/** Merges query and body; the body wins. */
function merge(query: CallHistoryQuery, body: CallHistoryDto): CallFilters & { projectId: string } {
  const { '.endTime': endTime, '.endTimeAfter': endTimeAfter, ...rest } = query;
  const given = Object.entries(body).filter(([, value]) => value !== undefined);
  const ofQuery = Object.entries(rest).filter(([, value]) => value !== undefined);
  return { endTime, endTimeAfter, ...Object.fromEntries([...ofQuery, ...given]), projectId: body.projectId };
}

/** Lists the calls of a project. */
@Injectable()
export class CallHistoryService {
  constructor(
    private readonly database: Database,
    private readonly projects: ProjectsService,
    private readonly links: RecordingLinks,
  ) {}

  /** The answer as JSON: `CallHistoryAnswer`. */
  async getCallHistory(query: CallHistoryQuery, body: CallHistoryDto, { userId }: Caller): Promise<string> {
    const project = await this.projects.findOwned(body.projectId, userId);
    if (!project) throw new AppError(PROJECTS_ERRORS.PROJECT_NOT_FOUND);
    const filters = { ...merge(query, body), projectId: project.id };
    const { calls, nextCursor } = await this.page(filters);
    const total = await this.totalOf(filters);
    const known = { message: 'These are the calls.', status: 'success', total, nextCursor };
    return `${JSON.stringify(known).slice(0, -1)},"calls":${calls},"data":${calls}}`;
  }

  private async page(filters: CallFilters & { projectId: string }) {
    const { pageSize = USUAL_PAGE_SIZE, page = 1, cursor } = filters;
    const { manager } = this.database.reader;
    const column = sortColumnOf(filters);
    const behind = cursor === undefined ? null : decodeCursor(cursor, column !== 'id');
    const skip = behind ? 0 : (page - 1) * pageSize;
    const ids = await historyIds(manager, filters, { cursor: behind, skip, take: pageSize + 1 });
    const shown = ids.slice(0, pageSize);
    const urls = await this.links.urlsOf(shown);
    const list = new JsonArray(MAX_LIST_BYTES);
    let last: Call | null = null;
    for await (const call of rowsByKey(manager, Call, shown)) {
      if (!list.add(CallAnswer.of(call, urls.get(call.id)))) break;
      last = call;
    }
    const hasMore = list.isFull || ids.length > pageSize;
    const at = last && column !== 'id' ? last[column] : null;
    return { calls: list.text, nextCursor: last && hasMore ? encodeCursor({ id: last.id, at }) : null };
  }

  private async totalOf(filters: CallFilters & { projectId: string }): Promise<number> {
    const { manager } = this.database.reader;
    if (isFiltered(filters)) return countMatching(manager, filters);
    const { projectId } = filters;
    return (await manager.findOneBy(CallTotal, { projectId }))?.total ?? 0;
  }
}
