import { IsIn } from 'class-validator';
import { ModuleSettings } from '../config/settings.js';

/** Documentation of the API. */
export class ApiDocsSettings extends ModuleSettings {
  /** `off` removes Swagger UI and the OpenAPI document. */
  @IsIn(['on', 'off'])
  API_DOCS: 'on' | 'off' = 'on';
}
