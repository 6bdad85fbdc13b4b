import { EntityManager } from 'typeorm';
import { TurnAnswer } from './call-answer.js';
import { CallTurn } from './call-turn.entity.js';

/** What was said in a call so far, in its order. */
export async function transcriptOf(manager: EntityManager, callId: string): Promise<TurnAnswer[]> {
  const turns = await manager.find(CallTurn, { where: { callId }, order: { position: 'ASC' } });
  return turns.map((turn) => TurnAnswer.of(turn));
}
