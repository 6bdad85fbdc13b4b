/** The tag of what users do with their own account, in several modules. */
export const USER_TAG = { name: 'User', description: 'Your own account: API key, sessions, active project, deletion.' };
