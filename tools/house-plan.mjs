/**
 * Which folders of src a folder may import. A folder may always import itself. What is not listed here may not be imported: the plan is
 * read by ESLint (at the line that breaks it) and by `npm run house`.
 */
const CORE = ['config', 'common'];
const EDGE = [...CORE, 'http', 'openapi'];
const GROUND = [...EDGE, 'database', 'kept-data', 'secrets', 'throttling', 'credentials', 'audit', 'users', 'mail'];

export const PLAN = {
  config: [],
  common: ['config'],
  database: ['config', 'common'],
  'kept-data': [...CORE, 'database'],
  secrets: [...CORE, 'database'],
  http: [...CORE, 'database'],
  openapi: [...CORE, 'http'],
  throttling: [...EDGE, 'database', 'kept-data', 'secrets'],
  users: [...EDGE, 'database', 'kept-data'],
  audit: [...CORE, 'http', 'database', 'kept-data'],
  outbox: [...CORE, 'database'],
  mail: [...EDGE, 'database', 'kept-data', 'secrets', 'outbox', 'pages'],
  credentials: [...EDGE, 'database', 'kept-data', 'secrets', 'throttling', 'users'],
  auth: GROUND,
  telephony: [...EDGE, 'pages'],
  speech: [...CORE, 'http'],
  llm: [...CORE, 'http'],
  conversations: ['common', 'speech', 'llm', 'telephony'],
  webhooks: [...EDGE, 'database', 'kept-data', 'secrets', 'outbox'],
  projects: [...GROUND, 'webhooks'],
  'phone-numbers': [...GROUND, 'projects', 'telephony'],
  voices: [...EDGE, 'credentials', 'speech'],
  agents: [...GROUND, 'projects', 'phone-numbers', 'voices', 'speech', 'telephony'],
  calls: [
    ...GROUND,
    'projects',
    'phone-numbers',
    'agents',
    'voices',
    'webhooks',
    'telephony',
    'conversations',
    'llm',
    'speech',
  ],
  pages: [...EDGE],
  operation: [...GROUND, 'auth', 'calls', 'webhooks'],
  housekeeping: [...CORE, 'database', 'kept-data'],
  commands: [...GROUND, 'auth', 'openapi'],
};

/** Whether files of one folder may import files of another. Files directly in src put the parts together and may import all. */
export function mayImport(from, to) {
  if (from === '.' || from === to) return true;
  if (to === '.') return from === 'commands';
  return PLAN[from]?.includes(to) ?? false;
}
