import { VOICE_ID_EXAMPLE } from '../speech/synthesis/voice.js';
import { VOICES_ERRORS } from '../speech/synthesis/voices.errors.js';
import { VoiceAnswer, VoicesAnswer } from './voices.dto.js';

/** How the OpenAPI document describes each operation of this module. */
const { VOICE_NOT_FOUND, VOICES_UNAVAILABLE } = VOICES_ERRORS;
const params = {
  voice_id: {
    description: 'Id of a voice, from the list.',
    schema: { type: 'string' as const, pattern: '^[A-Za-z0-9_-]+$', example: VOICE_ID_EXAMPLE },
  },
};

export const VOICES_TAG = { name: 'Voices', description: 'What agents can sound like.' };

export const LIST_VOICES = {
  summary: 'List the voices',
  description: 'All voices that an agent can speak with.',
  answer: VoicesAnswer,
  isList: true,
  errors: [VOICES_UNAVAILABLE],
};
export const GET_VOICE = {
  summary: 'Get one voice',
  description: 'By its id, with the address of a sample.',
  answer: VoiceAnswer,
  params,
  errors: [VOICE_NOT_FOUND, VOICES_UNAVAILABLE],
};
export const PLAY_PREVIEW = {
  summary: 'Play a sample of a voice',
  description: 'Wants no credentials, so that a page can play it; ranges are answered with 206, a known ETag with 304.',
  audio: 'audio/wav',
  params,
  errors: [VOICE_NOT_FOUND],
};
