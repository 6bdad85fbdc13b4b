import { COMMON_ERRORS } from '../common/common.errors.js';
import { Answer } from '../openapi/answers.js';
import { TELEPHONY_ERRORS } from '../telephony/telephony.errors.js';
import { SuppressedNumbersAnswer } from './suppressed-numbers.dto.js';

const { NUMBER_INVALID } = TELEPHONY_ERRORS;

export const LIST_SUPPRESSED_NUMBERS = {
  summary: 'List the numbers that no agent calls',
  description: 'Of all your projects: those that you put there, and those of people who asked for no more calls.',
  isList: true,
  answer: SuppressedNumbersAnswer,
  errors: [],
};
export const SUPPRESS_NUMBER = {
  summary: 'Let no agent call a number',
  description:
    'Of all your projects. Calls to it that wait are canceled when their turn comes. A success also when it is there.',
  answer: Answer,
  errors: [NUMBER_INVALID, COMMON_ERRORS.QUOTA_REACHED],
};
export const UNSUPPRESS_NUMBER = {
  summary: 'Let agents call a number again',
  description: 'A success also when it was not suppressed.',
  answer: Answer,
  errors: [NUMBER_INVALID],
};
