import { User } from '../users/user.entity.js';
import { SignupAttempt } from './signup-attempt.entity.js';

/** The user that a verified signup becomes. */
export function userOf(attempt: SignupAttempt, now: Date): User {
  return {
    id: attempt.userId,
    email: attempt.email,
    name: attempt.name,
    passwordHash: attempt.passwordHash,
    companyName: null,
    activeProject: null,
    lockedAt: null,
    createdAt: attempt.createdAt,
    updatedAt: now,
  };
}
