import { EntityManager } from 'typeorm';
import { TurnAnswer } from './call-answer.js';
import { CallTurn } from './call-turn.entity.js';

/** Returns the transcript of a call so far, in order. */
export async function transcriptOf(manager: EntityManager, callId: string): Promise<TurnAnswer[]> {
  const turns = await manager.find(CallTurn, { where: { callId }, order: { position: 'ASC' } });
  return turns.map((turn) => TurnAnswer.of(turn));
}
