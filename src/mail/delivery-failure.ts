/** nodemailer's error of a failed delivery. */
interface SmtpError {
  message?: string;
  /** nodemailer's code: EENVELOPE, EAUTH, ECONNECTION, … */
  code?: string;
  /** The SMTP command that failed; CONN is the connection, API nodemailer's own checks. */
  command?: string;
  /** The server's reply and its code. */
  response?: string;
  responseCode?: number;
}

/** What a failed delivery means for this message and for others. */
export interface DeliveryFailure {
  /** The mail server is away or refuses everything; else only this message is refused. */
  isServerFault: boolean;
  /** Another try is useless. */
  isPermanent: boolean;
}

/** 421 (RFC 5321, section 3.8) ends the session, whatever command it responds to. */
const SERVICE_NOT_AVAILABLE = 421;
/** Replies about a mailbox (RFC 5321, section 4.2.3; 556: RFC 7504), used where there is no enhanced code. */
const OF_A_MAILBOX = [550, 551, 552, 553, 556];
/** Some servers say only in words that they refuse the sender. */
const OF_THE_SENDER =
  /relay|authenti|log ?in|sending (quota|limit|rate)|(daily|hourly|monthly|message) (quota|limit)|rcpthosts/i;
/** Enhanced codes (RFC 3463) about the recipient's address and mailbox. 5.1.7 and 5.1.8 are about the sender's. */
const ABOUT_RECIPIENT = /^[45]\.(1\.(?![78]$)|2\.)/;
/** Enhanced codes about the message: its content, its size. */
const ABOUT_MESSAGE = /^[45]\.(6\.|3\.4$)/;

/** The enhanced code of a reply; some servers put it at the end, as `(#5.7.1)`. */
function enhancedCode(response: string): string | undefined {
  return /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1] ?? /#(\d\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1];
}

/** Whether a permanent refusal is about this recipient or message, not about the sender or the server. */
function isAboutLetter({ response = '', responseCode = 0, code }: SmtpError): boolean {
  const isContent = code === 'EMESSAGE';
  const enhanced = enhancedCode(response);
  if (enhanced) return ABOUT_RECIPIENT.test(enhanced) || (isContent && ABOUT_MESSAGE.test(enhanced));
  if (OF_THE_SENDER.test(response)) return false;
  return OF_A_MAILBOX.includes(responseCode) || (isContent && responseCode === 554);
}

/**
 * Classifies a failure. Only a permanent refusal of this recipient or message ends the message. Everything else would hit every message
 * (relaying denied, login required, quota exceeded), and an operator will fix it: the message is retried until it is no longer useful.
 */
export function classifyFailure(thrown: unknown): DeliveryFailure {
  const error = thrown as SmtpError;
  const { code, command, responseCode = 0 } = error;
  // nodemailer itself rejects the address.
  if (command === 'API' && code === 'EENVELOPE') return { isServerFault: false, isPermanent: true };
  if (responseCode >= 500 && (command === 'RCPT TO' || command === 'DATA') && isAboutLetter(error)) {
    return { isServerFault: false, isPermanent: true };
  }
  const isTemporary = responseCode >= 400 && responseCode < 500 && responseCode !== SERVICE_NOT_AVAILABLE;
  const isGreylisting = command === 'RCPT TO' && isTemporary;
  return { isServerFault: !isGreylisting, isPermanent: false };
}

const DESCRIPTION_MAX_LENGTH = 255;

/** The mail server's reply on one line of ASCII, without secrets (servers quote messages in refusals). */
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
