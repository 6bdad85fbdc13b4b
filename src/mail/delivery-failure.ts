/** What nodemailer tells of a failed delivery. */
interface SmtpError {
  message?: string;
  /** Its own code: EENVELOPE, EAUTH, ECONNECTION, … */
  code?: string;
  /** The SMTP command that failed; CONN and API stand for the connection and for its own checks. */
  command?: string;
  /** The server's reply, and its three digits. */
  response?: string;
  responseCode?: number;
}

/** What a failed delivery means for the letter and for the others. */
export interface DeliveryFailure {
  /** The mail server is away or refuses everybody; otherwise only this letter is refused. */
  isServerFault: boolean;
  /** Trying again is of no use. */
  isPermanent: boolean;
}

/** RFC 5321, section 4.2.1: 5yz says no for good, all else may change. 421 (section 3.8) ends the session, whatever it answers. */
const SERVICE_NOT_AVAILABLE = 421;

/**
 * Who is to blame. A refused recipient or a text that is refused for good is this letter's own trouble; a refused connection, login or
 * sender would befall every letter, and is tried again until the letter is of no use, for somebody is going to mend it.
 */
export function judge(thrown: unknown): DeliveryFailure {
  const { code, command, responseCode = 0 } = thrown as SmtpError;
  const isRefusal = responseCode >= 500;
  const isRecipient = command === 'RCPT TO' || (command === 'API' && code === 'EENVELOPE');
  const isLetterFault = responseCode !== SERVICE_NOT_AVAILABLE && (isRecipient || (command === 'DATA' && isRefusal));
  const isTemporary = responseCode >= 400 && responseCode < 500;
  return { isServerFault: !isLetterFault, isPermanent: isLetterFault && !isTemporary };
}

const DESCRIPTION_MAX_LENGTH = 255;

/** The mail server's words, without what must not be kept (servers quote letters in their refusals), in plain ASCII on one line. */
export function describe(thrown: unknown, hidden: string[]): string {
  const { response, message } = thrown as SmtpError;
  let text = response ?? message ?? String(thrown);
  for (const part of hidden) {
    if (part !== '') text = text.replaceAll(part, '[...]');
  }
  return text
    .replace(/[^\x21-\x7e]+/g, ' ')
    .trim()
    .slice(0, DESCRIPTION_MAX_LENGTH);
}
