import { Whole } from '../config/rules.js';
import { ModuleSettings } from '../config/settings.js';

/** Projects. Lowering the quota deletes nothing. */
export class ProjectsSettings extends ModuleSettings {
  /** Projects that one user may have; deleted ones do not count. */
  @Whole(1, 1_000_000)
  PROJECTS_PER_USER: number = 1000;
}
