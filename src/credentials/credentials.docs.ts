import { JwksAnswer } from './credentials.dto.js';

export const AUTHENTICATION_TAG = {
  name: 'Authentication',
  description: 'Sign up, prove the mailbox, log in, stay logged in, recover the account.',
};

export const JWKS = {
  operationId: 'publicKeys',
  summary: 'Public keys of the access tokens',
  description: 'A JSON Web Key Set (RFC 7517). The next key is published before it signs.',
  answer: JwksAnswer,
};
