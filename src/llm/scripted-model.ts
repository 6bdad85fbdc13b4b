import { randomUUID } from 'node:crypto';
import { ChatPart, ChatRequest, LanguageModel } from './language-model.js';

/** Answers by pattern; the first match counts. */
const RULES: [pattern: RegExp, answer: string][] = [
  [
    /\b(are|is) (you|this|it) .*(\bai\b|robot|bot|machine|recording|human|real|person|computer)/i,
    'Yes, I am an AI, an automated assistant.',
  ],
  [/\b(stop|don't|do not|never) call/i, 'I understand. We will not call you again. Goodbye.'],
  [/\b(good ?bye|bye|hang up|end the call|see you)\b/i, 'Goodbye, and thank you for your time.'],
  [/\b(who|what) are you\b|your name/i, 'I am an automated assistant of this phone system.'],
  [/\bwhat (time|day)|what is the date/i, 'I cannot tell, for I only follow simple rules.'],
  [/\bhow are you/i, 'I am well, thank you. How can I help?'],
  [/\b(thanks|thank you)\b/i, 'You are welcome. Is there anything else?'],
  [/^\W*(hello|hi|hey|good (morning|afternoon|evening))\b/i, 'Hello! How can I help you?'],
  [/^\W*(yes|yeah|sure|okay|ok)\W*$/i, 'Good. Tell me more, or say goodbye.'],
  [/^\W*(no|nope)\W*$/i, 'All right. Is there anything else?'],
  [/\[speech/, 'I heard you speak, but no speech recognition is set up here, so I could not understand the words.'],
  [/\[pressed/, 'Thank you, I got the keys that you pressed.'],
];
const NO_MODEL = 'I heard you. No language model is set here, so I can only answer simple things.';
const STOP_CALLING = RULES[1][0];
const GOODBYE = RULES[2][0];

/** Answers by fixed rules when no language model is configured, and says so. */
export class ScriptedModel implements LanguageModel {
  readonly name = 'scripted';

  async *stream({ messages, tools, signal }: ChatRequest): AsyncIterable<ChatPart> {
    if (signal.aborted) return;
    const said = messages.findLast(({ role }) => role === 'user')?.content ?? '';
    const answer = RULES.find(([pattern]) => pattern.test(said))?.[1] ?? NO_MODEL;
    const result = messages.at(-1);
    const wasRefused = result?.role === 'tool' && result.content.startsWith('Not done');
    if (result?.role !== 'tool') yield { type: 'text', text: answer };
    else if (!wasRefused) return;
    const use = (name: string, given: object): ChatPart => ({
      type: 'tool-call',
      call: { id: `call_${randomUUID()}`, name, arguments: JSON.stringify(given) },
    });
    const isOffered = (name: string) => tools.some((tool) => tool.name === name);
    const isStop = STOP_CALLING.test(said);
    if (isStop && !wasRefused && isOffered('do_not_call')) yield use('do_not_call', {});
    if ((isStop || GOODBYE.test(said)) && isOffered('end_call')) yield use('end_call', { reason: 'goodbye' });
  }
}
