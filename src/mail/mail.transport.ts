import { isThisMachine } from '../config/addresses.js';
import { readSmtpServer } from '../config/smtp-url.js';

/**
 * nodemailer's options for SMTP_URL. A connection per letter: idle ones of a pool die unseen behind firewalls, and a letter given to
 * such a one would wait ten minutes; also nodemailer's pool sends again by itself.
 */
export function smtpOptions(smtpUrl: string) {
  const { options, ...server } = readSmtpServer(smtpUrl);
  // A password never crosses a network in clear, even when somebody between hides the server's STARTTLS (RFC 8314, section 5.1).
  const requireTLS = !server.secure && server.auth !== undefined && !isThisMachine(server.host) && !options.ignoreTLS;
  return { requireTLS, ...server, ...options, disableFileAccess: true, disableUrlAccess: true };
}
