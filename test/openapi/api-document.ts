import { TestApp } from '../support/start-app.js';

/** One operation of the OpenAPI document. */
export interface Operation {
  id: string;
  method: string;
  path: string;
  /** Names of the parameters in the path. */
  params: string[];
  /** Schema of the request body, where there is one. */
  request?: any;
  responses: Record<string, any>;
  /** Names of the security schemes of which it needs one; none for a public one, even if that takes a token. */
  accepts: string[];
  /** The operation as the document has it. */
  raw: any;
}

/** The service's own OpenAPI document. */
export class ApiDocument {
  readonly operations: Operation[];

  constructor(readonly json: any) {
    this.operations = Object.entries<any>(json.paths).flatMap(([path, item]) =>
      Object.entries<any>(item).map(([method, raw]) => this.read(path, method, raw)),
    );
  }

  static async of(service: TestApp): Promise<ApiDocument> {
    const { status, body } = await service.api.get('/docs-json');
    if (status !== 200) throw new Error(`No OpenAPI document: ${status}`);
    return new ApiDocument(body);
  }

  operation(id: string): Operation {
    const found = this.operations.find((operation) => operation.id === id);
    if (!found) throw new Error(`The document has no operation ${id}`);
    return found;
  }

  /** What a `$ref` points at; anything else is itself. */
  resolve(node: any): any {
    if (typeof node?.$ref !== 'string') return node;
    const target = node.$ref
      .slice('#/'.length)
      .split('/')
      .reduce((parent: any, name: string) => parent?.[name], this.json);
    if (target === undefined) throw new Error(`${node.$ref} leads nowhere`);
    return this.resolve(target);
  }

  private read(path: string, method: string, raw: any): Operation {
    const security: object[] = raw.security ?? this.json.security;
    const schemes = security.map((alternative) => Object.keys(alternative));
    const isOptional = schemes.some((names) => names.length === 0);
    const parameters: any[] = (raw.parameters ?? []).map((parameter: any) => this.resolve(parameter));
    return {
      id: raw.operationId,
      method: method.toUpperCase(),
      path,
      params: parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name),
      request: raw.requestBody && this.resolve(raw.requestBody).content['application/json'].schema,
      responses: raw.responses,
      accepts: isOptional ? [] : schemes.flat(),
      raw,
    };
  }
}

/** The example of a request body. */
export function exampleOf({ raw }: Operation): any {
  return raw.requestBody?.content['application/json'].example;
}

/** The codes that an operation's document names for a status. */
export function codesOf(operation: Operation, status: string): string[] {
  return Object.keys(operation.responses[status]?.content?.['application/json']?.examples ?? {});
}
