import { randomUUID } from 'node:crypto';
import { ToolCall } from './language-model.js';

const MAX_CALLS = 16;
const MAX_ARGUMENTS = 16_384;

/** A piece of a tool call as a stream has it: id and name only in the first, the arguments in any number. */
export interface ToolCallPiece {
  index?: number;
  id?: string;
  function?: { name?: string; arguments?: string };
}

/** Puts tool calls together from their pieces. */
export class ToolCallPieces {
  private readonly calls = new Map<number, ToolCall>();

  /** Some servers leave the index out: a piece with an id then begins the next call, and any other goes on with the last. */
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

  /** Those that have a name, in their order. */
  whole(): ToolCall[] {
    const inOrder = [...this.calls].sort(([one], [other]) => one - other).map(([, call]) => call);
    return inOrder
      .filter(({ name }) => name !== '')
      .map((call) => ({ ...call, id: call.id || `call_${randomUUID()}` }));
  }
}
