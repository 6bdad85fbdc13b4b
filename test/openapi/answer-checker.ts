import addFormats from 'ajv-formats';
import { Ajv2019, ValidateFunction } from 'ajv/dist/2019.js';
import { ApiAnswer } from '../support/api-client.js';
import { ApiDocument, Operation } from './api-document.js';

/** Where an answer differs from the OpenAPI document. Fields that the document does not name are faults too, at any depth. */
export class AnswerChecker {
  /** Every success and every error that was seen, as `operation status code`. */
  readonly seen = new Set<string>();
  private readonly ajv = new Ajv2019({ allErrors: true, strict: true, strictTypes: false });
  private readonly validators = new Map<string, ValidateFunction>();

  constructor(private readonly document: ApiDocument) {
    (addFormats as any)(this.ajv);
    this.ajv.addFormat('password', true);
    this.ajv.addVocabulary(['example', 'x-enum-varnames']);
  }

  /** What is wrong with the answer; nothing for a good one, which then counts as seen. */
  faults(operation: Operation, answer: ApiAnswer): string[] {
    const response = this.document.resolve(operation.responses[answer.status]);
    if (!response) return [`${operation.id} does not declare ${answer.status}: ${JSON.stringify(answer.body)}`];
    const faults = [
      ...this.headerFaults(response, answer),
      ...this.bodyFaults(`${operation.id} ${answer.status}`, response, answer),
      ...this.errorFaults(response, answer),
    ].map((fault) => `${operation.id} ${answer.status}: ${fault} in ${JSON.stringify(answer.body)}`);
    if (faults.length === 0) this.seen.add(`${operation.id} ${answer.status} ${answer.body.code ?? 'success'}`);
    return faults;
  }

  /** A validator of the schema in which no object may have fields that it does not name. */
  strict(schema: any): ValidateFunction {
    return this.ajv.compile(this.close(schema));
  }

  private bodyFaults(key: string, response: any, { body, headers }: ApiAnswer): string[] {
    const media = response.content[headers.get('content-type')?.split(';')[0] ?? ''];
    if (!media) return [`content type ${headers.get('content-type')} is not declared`];
    const validate = this.validators.get(key) ?? this.strict(media.schema);
    this.validators.set(key, validate);
    return validate(body) ? [] : (validate.errors ?? []).map((e) => `${e.instancePath} ${e.message}`);
  }

  private headerFaults(response: any, { headers }: ApiAnswer): string[] {
    return Object.entries<any>(response.headers ?? {}).flatMap(([name, ref]) => {
      const { schema, required } = this.document.resolve(ref);
      const text = headers.get(name);
      if (text === null) return required ? [`header ${name} is missing`] : [];
      const value = schema.type === 'integer' ? Number(text) : text;
      return this.strict(schema)(value) ? [] : [`header ${name} is ${text}`];
    });
  }

  /** The example of an error shows the flow's number that really rides along, and its requestId is the header's. */
  private errorFaults(response: any, { status, body, headers }: ApiAnswer): string[] {
    if (status < 400) return [];
    const example = response.content['application/json'].examples[body.code]?.value;
    if (!example) return [`there is no example of ${body.code}`];
    const fixed = Object.entries(example).filter(([name]) => !['message', 'requestId'].includes(name));
    const wrong = fixed.filter(([name, value]) => body[name] !== value);
    const faults = wrong.map(([name, value]) => `${name} is not ${String(value)} as in the example`);
    if (body.requestId !== headers.get('x-request-id')) faults.push('requestId is not the header’s');
    return faults;
  }

  private close(schema: any): any {
    const open = this.open(schema);
    const isObject = 'properties' in open || 'allOf' in open;
    return isObject ? { ...open, unevaluatedProperties: false } : open;
  }

  /** The schema as JSON Schema 2019-09, closed at every level but its own. */
  private open(schema: any): any {
    const { properties, items, allOf, nullable, type, ...rest } = this.document.resolve(schema);
    return {
      ...rest,
      ...(type && { type: nullable ? [type, 'null'] : type }),
      ...(items && { items: this.close(items) }),
      ...(allOf && { allOf: allOf.map((part: any) => this.open(part)) }),
      ...(properties && {
        properties: Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, this.close(field)])),
      }),
    };
  }
}
