import { LessThan } from 'typeorm';
import { daysBefore } from '../common/clock.js';
import { keeps } from '../kept-data/keeps.js';
import { Project } from './project.entity.js';
import { ProjectAnswer } from './projects.dto.js';

/** How long the row of a deleted project is kept, so that old calls can still be assigned to it. */
const DELETED_PROJECT_DAYS = 90;

export const KEPT_PROJECTS = keeps<Project, []>(
  () => ({
    entity: Project,
    ofUser: ({ id }) => ({ userId: id }),
    exported: { as: ProjectAnswer, newestBy: ['id'] },
    outdated: (now) => ({ deletedAt: LessThan(daysBefore(now, DELETED_PROJECT_DAYS)) }),
    withAccount: 'cascade',
  }),
  [],
);
