import { ApiAnswer, ApiCredentials } from '../support/api-client.js';
import { TestApp } from '../support/start-app.js';
import { AnswerChecker } from './answer-checker.js';
import { ApiDocument, Operation } from './api-document.js';

export interface Call {
  /** A string is sent as it is. */
  body?: unknown;
  params?: Record<string, string>;
  /** In place of the operation's own path. */
  path?: string;
  /** As it stands behind the question mark. */
  query?: string;
  as?: ApiCredentials;
  headers?: Record<string, string>;
}

/** The operation's path with its parameters in place; half characters, which no URL can hold, become U+FFFD. */
function pathOf(operation: Operation, params: Record<string, string> = {}): string {
  return operation.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(Buffer.from(params[name] ?? 'none').toString()),
  );
}

/** Calls operations by the names that the document gives them, and fails when an answer is not as the document says. */
export class ApiDriver {
  readonly checker: AnswerChecker;

  constructor(
    readonly service: TestApp,
    readonly document: ApiDocument,
    checker?: AnswerChecker,
  ) {
    this.checker = checker ?? new AnswerChecker(document);
  }

  static async on(service: TestApp): Promise<ApiDriver> {
    return new ApiDriver(service, await ApiDocument.of(service));
  }

  /** The same document and the same memory of what was seen, on another instance. */
  at(service: TestApp): ApiDriver {
    return new ApiDriver(service, this.document, this.checker);
  }

  async call(id: string, call: Call = {}): Promise<ApiAnswer> {
    const operation = this.document.operation(id);
    const answer = await this.send(operation, call);
    expect(this.checker.faults(operation, answer)).toEqual([]);
    return answer;
  }

  /** Calls, and wants the success or the error with this code. */
  async expect(outcome: string, id: string, call: Call = {}): Promise<ApiAnswer> {
    const answer = await this.call(id, call);
    expect({ id, outcome: answer.status === 200 ? 'success' : answer.body.code }).toEqual({ id, outcome });
    return answer;
  }

  send(operation: Operation, { body, params, path, query, as = {}, headers = {} }: Call): Promise<ApiAnswer> {
    const url = (path ?? pathOf(operation, params)) + (query === undefined ? '' : `?${query}`);
    return this.service.api.as(as).with(headers).send(operation.method, url, body);
  }
}
