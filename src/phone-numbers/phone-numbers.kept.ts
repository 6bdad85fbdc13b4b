import { keeps } from '../kept-data/keeps.js';
import { PhoneNumber } from './phone-number.entity.js';
import { PhoneNumberAnswer } from './phone-numbers.dto.js';

export const KEPT_PHONE_NUMBERS = keeps<PhoneNumber, []>(
  () => ({
    entity: PhoneNumber,
    ofUser: ({ id }) => ({ userId: id }),
    exported: { as: PhoneNumberAnswer, newestBy: ['id'] },
    outdated: 'Until its owner removes it.',
    withAccount: 'cascade',
    withProject: ({ manager }, projectId) => manager.delete(PhoneNumber, { projectId }),
    fillsProject: true,
  }),
  [],
);
