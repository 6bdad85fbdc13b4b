import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ValidateBy } from 'class-validator';
import { FlagField, FreeTextField, ID_EXAMPLES, IdField, PRESENT, TextField, WellFormed } from '../http/fields.js';
import { PageAnswer } from '../http/paging.js';
import { Answer } from '../openapi/answers.js';
import { ExportedAs } from '../kept-data/exported-data.js';
import { UserDataAnswer } from '../users/users.dto.js';
import { WEBHOOK_URL_MAX_LENGTH } from '../webhooks/webhook-target.js';
import { Project, PROJECT_DESCRIPTION_MAX_LENGTH, PROJECT_NAME_MAX_LENGTH } from './project.entity.js';

const WEBHOOK_EXAMPLE = 'https://hooks.example.com/calls';
const NAME = { maxLength: PROJECT_NAME_MAX_LENGTH, example: 'Clinic' };
const DESCRIPTION = { maxLength: PROJECT_DESCRIPTION_MAX_LENGTH, example: 'Answers the phone of the clinic.' };

/** URL of a webhook, which WebhookUrls checks; null removes it. `unless` names the field that may replace it. */
function WebhookField(options: { description: string; unless?: string }): PropertyDecorator {
  const { description, unless } = options;
  const isThere = (body: object) => unless === undefined || (body as Record<string, unknown>)[unless] !== undefined;
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => {
      const trimmed = typeof value === 'string' ? value.trim() : value;
      return trimmed === '' ? undefined : trimmed;
    }),
    ValidateBy({
      name: PRESENT,
      validator: {
        validate: (value, args) => value !== undefined || isThere(args?.object ?? {}),
        defaultMessage: (args) => `${args?.property} is missing`,
      },
    }),
    ValidateBy({
      name: 'isString',
      validator: {
        validate: (value) => value === undefined || value === null || typeof value === 'string',
        defaultMessage: (args) => `${args?.property} must be a string or null`,
      },
    }),
    WellFormed(),
    ApiPropertyOptional({
      type: String,
      format: 'uri',
      nullable: true,
      maxLength: WEBHOOK_URL_MAX_LENGTH,
      description,
      example: WEBHOOK_EXAMPLE,
    }),
  );
}

export class CreateProjectDto {
  @TextField({ ...NAME, description: 'No other project of yours may have it, in whatever case it is written.' })
  name: string;

  @FreeTextField({ ...DESCRIPTION, description: 'What the project is for; may be empty.' })
  description: string;
}

export class UpdateProjectDto {
  @TextField({ ...NAME, optional: true, description: 'The new name.' })
  name?: string;

  @FreeTextField({ ...DESCRIPTION, optional: true, description: 'The new description; may be empty.' })
  description?: string;

  @WebhookField({ description: 'Where the calls’ progress is reported; null ends that.' })
  webhookUrl?: string | null;

  @WebhookField({ description: 'The same as `webhookUrl`.' })
  webhookURL?: string | null;
}

export class DeleteProjectDto {
  @FlagField({ description: 'Deletes all agents and phone numbers of the project too.' })
  cascade?: boolean;
}

export class AddWebhookDto {
  @IdField({ description: 'The project.' })
  projectId: string;

  @WebhookField({ unless: 'webhookUrl', description: 'Where the calls’ progress is reported; null ends that.' })
  webhookURL?: string | null;

  @WebhookField({ description: 'The same as `webhookURL`, in place of it.' })
  webhookUrl?: string | null;
}

export class SetActiveProjectDto {
  @IdField({ description: 'The project to make active.' })
  projectId: string;
}

/** A project, with the fields of all documented shapes. */
@ExportedAs('projects', 'With the deleted ones.')
export class ProjectAnswer {
  @ApiProperty({ format: 'uuid', example: ID_EXAMPLES.projectId })
  id: string;

  @ApiProperty({ format: 'uuid', example: ID_EXAMPLES.userId })
  user_id: string;

  @ApiProperty({ example: NAME.example })
  name: string;

  @ApiProperty({ example: DESCRIPTION.example })
  description: string;

  @ApiProperty({ enum: ['ACTIVE'] })
  status: 'ACTIVE';

  @ApiProperty({ example: false })
  is_deleted: boolean;

  @ApiProperty({
    type: String,
    nullable: true,
    example: WEBHOOK_EXAMPLE,
    description: 'Where the calls’ progress is reported.',
  })
  call_status_webhook: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, example: null, description: 'Id of the active agent.' })
  active_agent: string | null;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-01T00:00:00.000Z' })
  created_at: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-01T00:01:00.000Z' })
  updated_at: string;

  static of(project: Project): ProjectAnswer {
    return {
      id: project.id,
      user_id: project.userId,
      name: project.name,
      description: project.description,
      status: 'ACTIVE',
      is_deleted: project.deletedAt !== null,
      call_status_webhook: project.callStatusWebhook,
      active_agent: project.activeAgent,
      created_at: project.createdAt.toISOString(),
      updated_at: project.updatedAt.toISOString(),
    };
  }
}

export class ProjectDataAnswer extends Answer {
  @ApiProperty({ type: ProjectAnswer })
  data: ProjectAnswer;
}

export class ProjectsAnswer extends IntersectionType(Answer, PageAnswer) {
  @ApiProperty({ type: [ProjectAnswer], description: 'The newest first.' })
  data: ProjectAnswer[];
}

export class ActiveProjectAnswer extends Answer {
  @ApiProperty({ type: ProjectAnswer })
  projectData: ProjectAnswer;
}

export class ActiveProjectSetAnswer extends ActiveProjectAnswer {
  @ApiProperty({ type: UserDataAnswer })
  userData: UserDataAnswer;
}
