/** The port between a conversation and a language model. */
export type ChatMessage =
  | { role: 'system' | 'user'; content: string }
  | { role: 'assistant'; content: string; toolCalls?: ToolCall[] }
  | { role: 'tool'; toolCallId: string; content: string };

export interface ToolCall {
  id: string;
  name: string;
  /** JSON as the model wrote it; it may be malformed. */
  arguments: string;
}

/** A function that the model may call; `parameters` is a JSON schema of an object. */
export interface Tool {
  name: string;
  description: string;
  parameters: Record<string, unknown>;
}

export interface ChatRequest {
  messages: ChatMessage[];
  tools: Tool[];
  /** 0 to 2; the model's own default where it is undefined. */
  temperature?: number;
  /** Ends the request; the stream then ends without an error. */
  signal: AbortSignal;
}

export type ChatPart = { type: 'text'; text: string } | { type: 'tool-call'; call: ToolCall };

export interface LanguageModel {
  /** Name in the log and in `/health/ready`. */
  readonly name: string;
  /** Announces a request soon, so that slow preparation can be done before it. */
  prepare?(): void;
  /** Streams the answer. Throws ProviderError; an answer that was cut off throws after its parts. */
  stream(request: ChatRequest): AsyncIterable<ChatPart>;
}
