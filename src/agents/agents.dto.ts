import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, IntersectionType, OmitType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsOptional, IsString, ValidateBy } from 'class-validator';
import { BODY_LIMIT_BYTES } from '../http/body-limit.js';
import { AtMost, ID_EXAMPLES, IdField, Present, TextField, WellFormed } from '../http/fields.js';
import { Answer } from '../openapi/answers.js';
import { E164Field } from '../phone-numbers/phone-numbers.dto.js';
import { ProjectAnswer } from '../projects/projects.dto.js';
import { VOICE_ID_EXAMPLE } from '../speech/synthesis/voice.js';
import { ExportedAs } from '../kept-data/exported-data.js';
import { Agent, AGENT_NAME_MAX_LENGTH, SYSTEM_INSTRUCTION_MAX_BYTES, VOICE_ID_MAX_LENGTH } from './agent.entity.js';
import { type AgentSettings } from './agent-settings.js';
import { type SettingChanges, SETTINGS_SCHEMA, settingsOf, SettingsField } from './agent-settings-field.js';
import { templateOf, variablesOf } from './instruction-variables.js';

const INSTRUCTION_EXAMPLE = 'You answer the phone of a clinic. Greet {{name}}, and find a date.';
const PHONE_NUMBER_EXAMPLE = '+12025550123';
const NAME = { maxLength: AGENT_NAME_MAX_LENGTH, example: 'Jo' };
const PROJECT_ID = { description: 'The project of the agent.' };

/** JSON may encode any character as `\uXXXX`, which takes six bytes. */
export const AGENT_BODY_LIMIT_BYTES = BODY_LIMIT_BYTES + 6 * SYSTEM_INSTRUCTION_MAX_BYTES;

interface AgentFieldOptions {
  description: string;
  optional?: boolean;
}

function AgentNameField(options: AgentFieldOptions): PropertyDecorator {
  return TextField({ ...NAME, ...options });
}

/** Instruction of an agent, stored byte by byte as sent. A blank one counts as absent. */
function InstructionField({ description, optional }: AgentFieldOptions): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => {
      return value === null || (typeof value === 'string' && value.trim() === '') ? undefined : value;
    }),
    optional ? IsOptional() : Present(),
    IsString({ message: '$property must be a string' }),
    WellFormed(),
    ValidateBy({
      name: 'atMostBytes',
      validator: {
        validate: (value) => typeof value === 'string' && Buffer.byteLength(value) <= SYSTEM_INSTRUCTION_MAX_BYTES,
        defaultMessage: (args) => `${args?.property} must be at most ${SYSTEM_INSTRUCTION_MAX_BYTES} bytes in UTF-8`,
      },
    }),
    (optional ? ApiPropertyOptional : ApiProperty)({
      type: String,
      minLength: 1,
      maxLength: SYSTEM_INSTRUCTION_MAX_BYTES,
      description: `${description} At most ${SYSTEM_INSTRUCTION_MAX_BYTES} bytes in UTF-8, kept as it is sent. May hold \`{{variables}}\`, to which each call gives values.`,
      example: INSTRUCTION_EXAMPLE,
    }),
  );
}

/** Id of a voice, or null for none. The service checks that the voice exists. */
function VoiceIdField({ description }: AgentFieldOptions): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => {
      const trimmed = typeof value === 'string' ? value.trim() : value;
      return trimmed === '' ? undefined : trimmed;
    }),
    IsOptional(),
    IsString({ message: '$property must be a string or null' }),
    AtMost(VOICE_ID_MAX_LENGTH),
    ApiPropertyOptional({
      type: String,
      nullable: true,
      maxLength: VOICE_ID_MAX_LENGTH,
      description,
      example: VOICE_ID_EXAMPLE,
    }),
  );
}

/** Identifies an agent. */
export class AgentDto {
  @IdField(PROJECT_ID)
  projectId: string;

  @IdField({ description: 'The agent.', example: ID_EXAMPLES.agentId })
  agentId: string;
}

export class CreateAgentDto {
  @AgentNameField({ description: 'Other agents may have the same.' })
  name: string;

  @InstructionField({ description: 'What the agent is told to be and to do.' })
  systemInstruction: string;

  @IdField({ description: 'The project that the agent belongs to.' })
  projectId: string;

  @E164Field({
    optional: true,
    description: 'The number that the agent calls from; it must be free, or the project’s.',
  })
  phoneNumber?: string;

  @VoiceIdField({ description: 'The voice that the agent speaks with, one of the list of voices.' })
  voice_id?: string | null;

  @SettingsField({ description: 'How the agent behaves in calls.' })
  settings?: SettingChanges | null;
}

export class UpdateAgentDto extends AgentDto {
  @AgentNameField({ optional: true, description: 'The new name.' })
  name?: string;

  @InstructionField({ optional: true, description: 'What the agent is told from now on.' })
  systemInstruction?: string;

  @VoiceIdField({ description: 'The new voice, one of the list of voices; null takes it away.' })
  voice_id?: string | null;

  @SettingsField({ description: 'Sets those that are sent; null takes one away, or all of them.' })
  settings?: SettingChanges | null;
}

export class GetActiveAgentDto {
  @IdField({ description: 'The project.' })
  projectId: string;
}

export class SetActiveAgentDto extends GetActiveAgentDto {
  @IdField({ description: 'The agent to make active, one of the project’s.', example: ID_EXAMPLES.agentId })
  active_agent: string;
}

export class AddNumberDto {
  @E164Field({ description: 'Bought from the carrier, or verified with it; in E.164 form.' })
  e164: string;

  @IdField({ description: 'The agent to link it to.' })
  agentId: string;

  @IdField({ description: 'The project of the agent.' })
  projectId: string;
}

/** An agent, with the fields of all documented shapes. */
export class AgentAnswer {
  @ApiProperty({ format: 'uuid', example: ID_EXAMPLES.agentId })
  id: string;

  @ApiProperty({ format: 'uuid', example: ID_EXAMPLES.agentId, description: 'The same as `id`.' })
  agentId: string;

  @ApiProperty({ format: 'uuid', example: ID_EXAMPLES.projectId })
  projectId: string;

  @ApiProperty({ example: NAME.example })
  name: string;

  @ApiProperty({ example: INSTRUCTION_EXAMPLE })
  systemInstruction: string;

  @ApiProperty({
    example: ['name'],
    description: 'Names of the variables in `systemInstruction` and the messages of `settings`.',
  })
  variables: string[];

  @ApiProperty({ type: String, nullable: true, example: VOICE_ID_EXAMPLE })
  voice_id: string | null;

  @ApiProperty({ ...SETTINGS_SCHEMA, description: 'Those that are set.' })
  settings: AgentSettings;

  @ApiProperty({ type: String, nullable: true, example: PHONE_NUMBER_EXAMPLE, description: 'Where it calls from.' })
  phoneNumber: string | null;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-01T00:00:00.000Z' })
  created_at: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-01T00:01:00.000Z' })
  updated_at: string;

  static of(agent: Agent, phoneNumber: string | null): AgentAnswer {
    return {
      id: agent.id,
      agentId: agent.id,
      projectId: agent.projectId,
      name: agent.name,
      systemInstruction: agent.systemInstruction,
      variables: variablesOf(templateOf(agent)),
      voice_id: agent.voiceId,
      settings: settingsOf(agent),
      phoneNumber,
      created_at: agent.createdAt.toISOString(),
      updated_at: agent.updatedAt.toISOString(),
    };
  }
}

/** An agent in the export; its phone number is in the list of numbers. */
@ExportedAs('agents', 'Of all projects.')
export class ExportedAgent extends OmitType(AgentAnswer, ['agentId', 'variables', 'phoneNumber']) {
  static of(agent: Agent): ExportedAgent {
    return {
      id: agent.id,
      projectId: agent.projectId,
      name: agent.name,
      systemInstruction: agent.systemInstruction,
      voice_id: agent.voiceId,
      settings: settingsOf(agent),
      created_at: agent.createdAt.toISOString(),
      updated_at: agent.updatedAt.toISOString(),
    };
  }
}

/** The agent in `data`, and its fields again at the top level. */
export class AgentDataAnswer extends IntersectionType(Answer, AgentAnswer) {
  @ApiProperty({ type: AgentAnswer })
  data: AgentAnswer;
}

export class ActiveAgentAnswer extends Answer {
  @ApiProperty({ format: 'uuid', example: ID_EXAMPLES.agentId, description: 'Id of the active agent.' })
  active_agent: string;
}

export class ActiveAgentSetAnswer extends Answer {
  @ApiProperty({ type: ProjectAnswer })
  project: ProjectAnswer;
}
