import { applyDecorators, Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { ErrorAnswer } from './answers.js';
import { ErrorEntry } from './app-error.js';
import { Flow } from './flow.js';

const REQUEST_ID_EXAMPLE = '019b7a3e-7d5e-7c8a-9d3f-2b1c4d5e6f70';

/** An error as the document shows it. */
export function errorExample(entry: ErrorEntry, flow?: Flow): Record<string, unknown> {
  return {
    message: entry.message,
    status: 'error',
    code: entry.code,
    requestId: REQUEST_ID_EXAMPLE,
    ...(flow && { [flow.field]: flow.byCode[entry.code] ?? flow.otherwise }),
  };
}

/** The schema of error bodies; in a flow with the flow's number. */
export function errorSchema(flow?: Flow) {
  const base = { $ref: getSchemaPath(ErrorAnswer) };
  if (!flow) return base;
  const number = { type: 'integer', enum: Object.values(flow.numbers) };
  return { allOf: [base, { type: 'object', required: [flow.field], properties: { [flow.field]: number } }] };
}

interface OperationDocs {
  summary: string;
  description?: string;
  /** Class of the 200 answer. */
  answer: Type<unknown> | [Type<unknown>];
  /** Rows of the modules' error tables that this operation answers. */
  errors: ErrorEntry[];
  flow?: Flow;
}

/** Documents a handler: its summary, its answer, and its errors by status, each with an example, from the error tables. */
export function Documented({ summary, description, answer, errors, flow }: OperationDocs): MethodDecorator {
  const statuses = [...new Set(errors.map((entry) => entry.status))];
  return applyDecorators(
    ApiExtraModels(ErrorAnswer),
    ApiOperation({ summary, description }),
    ApiOkResponse(Array.isArray(answer) ? { type: answer[0], isArray: true } : { type: answer }),
    ...statuses.map((status) => {
      const entries = errors.filter((entry) => entry.status === status);
      const examples = entries.map((entry) => [entry.code, { value: errorExample(entry, flow) }] as const);
      return ApiResponse({
        status,
        description: entries.map((entry) => `\`${entry.code}\`: ${entry.message}`).join('\n\n'),
        content: { 'application/json': { schema: errorSchema(flow), examples: Object.fromEntries(examples) } },
      });
    }),
  );
}
