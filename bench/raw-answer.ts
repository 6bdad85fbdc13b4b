/** An object of about the size of what the service answers to a guarded GET. */
export const RAW_ANSWER = {
  message: 'This is you.',
  status: 'success',
  user: {
    id: '01a20056-5bf5-715c-864b-77760e9fad83',
    email: 'ada@example.com',
    name: 'Ada',
    active_project: null,
    created_at: '2026-01-01T00:00:00.000Z',
    updated_at: '2026-01-01T00:00:00.000Z',
    company_name: null,
    verified: true,
  },
};
