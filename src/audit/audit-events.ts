/** What the audit log tells of. */
export const AUDIT_EVENT = {
  SIGNED_UP: 'signed-up',
  EMAIL_VERIFIED: 'email-verified',
  LOGGED_IN: 'logged-in',
  LOGIN_FAILED: 'login-failed',
  LOGGED_OUT: 'logged-out',
  SESSION_ENDED: 'session-ended',
  SESSION_STOLEN: 'session-stolen',
  PASSWORD_CHECK_FAILED: 'password-check-failed',
  PASSWORD_CHANGED: 'password-changed',
  PASSWORD_RESET_ASKED: 'password-reset-asked',
  PASSWORD_RESET: 'password-reset',
  API_KEY_CREATED: 'api-key-created',
  API_KEY_DELETED: 'api-key-deleted',
  DATA_EXPORTED: 'data-exported',
  ACCOUNT_DELETED: 'account-deleted',
  // What an administrator did by command.
  ADMIN_SHOWED: 'admin-showed',
  ADMIN_VERIFIED: 'admin-verified',
  ADMIN_LOCKED: 'admin-locked',
  ADMIN_UNLOCKED: 'admin-unlocked',
  ADMIN_LOGGED_OUT: 'admin-logged-out',
  ADMIN_ENDED_KEY: 'admin-ended-key',
  ADMIN_RESENT_CODE: 'admin-resent-code',
  ADMIN_UNTHROTTLED: 'admin-unthrottled',
  ADMIN_DELETED: 'admin-deleted',
} as const;
export type AuditEventType = (typeof AUDIT_EVENT)[keyof typeof AUDIT_EVENT];
