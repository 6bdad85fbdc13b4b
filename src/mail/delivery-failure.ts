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

/** 421 (RFC 5321, section 3.8) ends the session, whatever it answers. */
const SERVICE_NOT_AVAILABLE = 421;
/** Replies that speak of a mailbox (RFC 5321, section 4.2.3; 556: RFC 7504), where no enhanced code says better. */
const OF_A_MAILBOX = [550, 551, 552, 553, 556];
/** Not every server tells by a code that it is the sender whom it refuses. */
const OF_THE_SENDER =
  /relay|authenti|log ?in|sending (quota|limit|rate)|(daily|hourly|monthly|message) (quota|limit)|rcpthosts/i;
/** Enhanced codes (RFC 3463) about the recipient's address and mailbox. 5.1.7 and 5.1.8 are about the sender's. */
const ABOUT_RECIPIENT = /^[45]\.(1\.(?![78]$)|2\.)/;
/** Those about the message itself: its content, its size. */
const ABOUT_MESSAGE = /^[45]\.(6\.|3\.4$)/;

/** The enhanced code of a reply; some servers write it as `(#5.7.1)` at the end. */
function enhancedCode(response: string): string | undefined {
  return /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1] ?? /#(\d\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1];
}

/** Whether a refusal for good is about this recipient or this message, and not about the sender or the server. */
function isAboutLetter({ response = '', responseCode = 0, code }: SmtpError): boolean {
  const isContent = code === 'EMESSAGE';
  const enhanced = enhancedCode(response);
  if (enhanced) return ABOUT_RECIPIENT.test(enhanced) || (isContent && ABOUT_MESSAGE.test(enhanced));
  if (OF_THE_SENDER.test(response)) return false;
  return OF_A_MAILBOX.includes(responseCode) || (isContent && responseCode === 554);
}

/**
 * Who is to blame. Only what is about this very recipient or message is the letter's own trouble, and ends it when it is for good. All else
 * would befall every letter (relaying denied, a login asked for, a quota used up): the letter is tried again until it is of no use, for
 * somebody is going to mend it.
 */
export function classifyFailure(thrown: unknown): DeliveryFailure {
  const error = thrown as SmtpError;
  const { code, command, responseCode = 0 } = error;
  // The address cannot be sent to at all, says nodemailer itself.
  if (command === 'API' && code === 'EENVELOPE') return { isServerFault: false, isPermanent: true };
  if (responseCode >= 500 && (command === 'RCPT TO' || command === 'DATA') && isAboutLetter(error)) {
    return { isServerFault: false, isPermanent: true };
  }
  const isTemporary = responseCode >= 400 && responseCode < 500 && responseCode !== SERVICE_NOT_AVAILABLE;
  const isGreylisting = command === 'RCPT TO' && isTemporary;
  return { isServerFault: !isGreylisting, isPermanent: false };
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
