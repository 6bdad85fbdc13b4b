import { isThisMachine } from '../config/addresses.js';
import { readSmtpServer } from '../config/smtp-url.js';

/**
 * nodemailer's options for SMTP_URL, with one connection per message: firewalls drop idle pooled connections silently, and a message on one
 * would wait ten minutes; also, nodemailer's pool retries by itself.
 */
export function smtpOptions(smtpUrl: string) {
  const { options, ...server } = readSmtpServer(smtpUrl);
  // Never send a password unencrypted, even if somebody on the way strips STARTTLS (RFC 8314, section 5.1).
  const requireTLS = !server.secure && server.auth !== undefined && !isThisMachine(server.host) && !options.ignoreTLS;
  return { requireTLS, ...server, ...options, disableFileAccess: true, disableUrlAccess: true };
}
