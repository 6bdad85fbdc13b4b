import { MailServerSettings } from '../config/mail-server.settings.js';

/** Times in milliseconds. */
const OPTIONS = {
  dnsTimeout: 10_000,
  connectionTimeout: 10_000,
  greetingTimeout: 10_000,
  // RFC 5321, section 4.5.3.2.6: a server may take ten minutes to acknowledge a letter; who hangs up earlier sends it twice.
  socketTimeout: 600_000,
  disableFileAccess: true,
  disableUrlAccess: true,
};

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host);
}

/**
 * SMTP_URL with the service's options in its query, where nodemailer reads them; those that are there already win
 * (`?requireTLS=false`, `?tls.rejectUnauthorized=false`, `?name=…`). A connection per letter: idle ones of a pool die unseen behind
 * firewalls, and a letter given to such a one would wait ten minutes; also nodemailer's pool sends again by itself.
 */
export function smtpUrl(settings: MailServerSettings): string {
  const url = new URL(String(settings.SMTP_URL));
  // A password never crosses a network in clear, even when somebody between hides the server's STARTTLS (RFC 8314, section 5.1).
  const requireTLS = url.protocol === 'smtp:' && url.username !== '' && !isThisMachine(url.hostname);
  for (const [name, value] of Object.entries({ requireTLS, ...OPTIONS })) {
    if (!url.searchParams.has(name)) url.searchParams.set(name, String(value));
  }
  url.searchParams.delete('pool');
  return url.href;
}
