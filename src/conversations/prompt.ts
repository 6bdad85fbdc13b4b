import { ConversationSettings } from './conversation-settings.js';

const RULES = `You are on a phone call; everything you write is spoken aloud by a speech synthesizer.
- Answer in one to three short sentences, in plain words, without markup, lists or emoji. Ask one thing at a time.
- What the person says reaches you through speech recognition and may have errors: ask again when it makes no sense.
- A message that ends with a dash was cut off there: the person heard no more of it.
- [speech 1.8 s] means that the person spoke and the words could not be recognized; [pressed 1] are keys of their phone.
- Asked whether you are an AI, a robot or a recording, say yes.
- Do only what your tools can do, and say that something is done only after the tool said so.`;

/** Returns the system prompt: the agent's instruction, date and time, and rules for phone calls. */
export function systemPrompt(settings: ConversationSettings): string {
  const { instruction, startedAt, timeZone, language } = settings;
  const moment = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short', timeZone }).format(
    startedAt,
  );
  const facts = `It is ${moment} (${timeZone}). Speak the language with the tag ${language}.`;
  return [instruction.trim(), facts, RULES].filter((part) => part !== '').join('\n\n');
}
