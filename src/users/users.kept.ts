import { keeps } from '../kept-data/keeps.js';
import { User } from './user.entity.js';
import { UserDataAnswer } from './users.dto.js';

export const KEPT_USERS = keeps<User, []>(
  () => ({
    entity: User,
    ofUser: ({ id }) => ({ id }),
    exported: { as: UserDataAnswer, newestBy: ['id'] },
    outdated: 'Accounts end by the will of their users.',
    withAccount: ({ manager }, { id }) => manager.delete(User, id),
  }),
  [],
);
