import { TELEPHONY_ERRORS } from '../telephony/telephony.errors.js';
import * as dto from './phone-numbers.dto.js';
import { PHONE_NUMBERS_ERRORS } from './phone-numbers.errors.js';

/** OpenAPI documentation of this module's operations. */
const E = PHONE_NUMBERS_ERRORS;

export const PHONE_NUMBER_TAG = {
  name: 'Phone Number',
  description: 'The numbers of a project, and the agents that they are linked to.',
};

export const FIND_NUMBER = {
  exampleFields: ['phoneNumberId'],
  summary: 'See a phone number',
  description:
    'By `phoneNumberId`, else by `agentId`, else by `projectId`. A project may have several numbers: `data` is the newest, `numbers` are a page of all: for the next one send the same body to the URL of `Link`.',
  isList: true,
  answer: dto.PhoneNumberFoundAnswer,
  errors: [E.NUMBER_NOT_FOUND],
};
export const REMOVE_NUMBER = {
  exampleFields: ['phoneNumberId'],
  summary: 'Take a phone number from its agent',
  description:
    'By `phoneNumberId`, else by `e164`. The number stays in the project, available; with `release: true` it leaves the project, any project may have it, and the answer has no `data`.',
  answer: dto.PhoneNumberRemovedAnswer,
  errors: [TELEPHONY_ERRORS.NUMBER_INVALID, E.NUMBER_NOT_FOUND],
};
