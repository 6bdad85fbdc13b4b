import { randomUUID } from 'node:crypto';
import { ToolCall } from './language-model.js';

const MAX_CALLS = 16;
const MAX_ARGUMENTS = 16_384;

/** A streamed piece of a tool call: only the first has id and name; the arguments are spread over all. */
export interface ToolCallPiece {
  index?: number;
  id?: string;
  function?: { name?: string; arguments?: string };
}

/** Assembles tool calls from their pieces. */
export class ToolCallPieces {
  private readonly calls = new Map<number, ToolCall>();

  /** Some servers omit the index: then a piece with an id begins a new call, and any other continues the last one. */
  add(piece: ToolCallPiece): void {
    const index = piece.index ?? (piece.id ? this.calls.size : Math.max(0, this.calls.size - 1));
    const call = this.calls.get(index) ?? { id: '', name: '', arguments: '' };
    if (!this.calls.has(index) && this.calls.size >= MAX_CALLS) return;
    this.calls.set(index, call);
    call.id ||= piece.id ?? '';
    call.name ||= piece.function?.name ?? '';
    const more = piece.function?.arguments ?? '';
    if (call.arguments.length + more.length <= MAX_ARGUMENTS) call.arguments += more;
  }

  /** Returns the tool calls that have a name, in order. */
  whole(): ToolCall[] {
    const inOrder = [...this.calls].sort(([one], [other]) => one - other).map(([, call]) => call);
    return inOrder
      .filter(({ name }) => name !== '')
      .map((call) => ({ ...call, id: call.id || `call_${randomUUID()}` }));
  }
}
