/** OpenAPI tag of the operations, in several modules, on the user's own account. */
export const USER_TAG = { name: 'User', description: 'Your own account: API key, sessions, active project, deletion.' };
