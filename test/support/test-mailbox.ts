import { AddressInfo } from 'node:net';
import PostalMime, { Email } from 'postal-mime';
import { SMTPServer, SMTPServerDataStream, SMTPServerSession } from 'smtp-server';

/** A letter as the mail server took it. */
export interface ReceivedLetter {
  to: string;
  from: string;
  subject: string;
  text: string;
  html: string;
  messageId: string;
  raw: string;
  email: Email;
}

export type Refusal = { code: number; text: string };

/** Greets at once: smtp-server holds each greeting back for 100 ms, to catch clients that talk too soon. */
class PromptSmtpServer extends SMTPServer {
  override connect(...args: Parameters<SMTPServer['connect']>): void {
    super.connect(...args);
    const connection = [...this.connections].at(-1);
    if (!connection) return;
    connection.connectionReady();
    connection.connectionReady = () => undefined;
  }
}

function refusing(refusal: Refusal | null): Error | null {
  return refusal && Object.assign(new Error(refusal.text), { responseCode: refusal.code });
}

/** So that a test whose letter never comes fails, and soon. */
const LONGEST_MS = 30_000;

/** A real SMTP server in the test process: what it accepted is in `letters`; it can refuse, stall, go away and come back. */
export class TestMailbox {
  readonly letters: ReceivedLetter[] = [];
  /** Decides over each recipient; null accepts. */
  refuseRecipient: (address: string) => Refusal | null = () => null;
  /** Decides over each sender; null accepts. */
  refuseSender: (address: string) => Refusal | null = () => null;
  /** Decides over each letter that is all there; null accepts. */
  refuseLetter: (letter: ReceivedLetter) => Refusal | null = () => null;
  /** Refuses logins; while it is null none is asked for. */
  refuseLogin: Refusal | null = null;
  /** Awaited before a letter that is all there is acknowledged. */
  beforeAcknowledging: () => Promise<void> | void = () => undefined;
  /** Connections that were opened so far. */
  connections = 0;
  private server?: SMTPServer;
  private port = 0;
  private readonly readBy = new Map<string, number>();
  private readonly waiting: (() => void)[] = [];

  /** Acknowledges no letter until the function that it answers is called. */
  hold(): () => void {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    this.beforeAcknowledging = () => released;
    return release;
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.port}`;
  }

  /** Starts, or comes back on the same port. */
  async open(): Promise<void> {
    if (this.server?.server.listening) return;
    this.server = new PromptSmtpServer({
      authOptional: true,
      allowInsecureAuth: true,
      disableReverseLookup: true,
      closeTimeout: 1,
      disabledCommands: ['STARTTLS', ...(this.refuseLogin ? [] : ['AUTH'])],
      onAuth: (_, __, done) => done(refusing(this.refuseLogin)),
      onConnect: (_, done) => {
        this.connections += 1;
        done();
      },
      onMailFrom: ({ address }, _, done) => done(refusing(this.refuseSender(address))),
      onRcptTo: ({ address }, _, done) => done(refusing(this.refuseRecipient(address))),
      onData: (stream, session, done) => void this.receive(stream, session).then(() => done(), done),
    });
    this.server.on('error', () => undefined);
    await new Promise<void>((resolve) => this.server?.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.server.address() as AddressInfo).port;
  }

  /** Goes away: connections are cut, new ones refused. */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => (this.server ? this.server.close(resolve) : resolve()));
  }

  /** The letters to an address, oldest first. */
  to(address: string): ReceivedLetter[] {
    return this.letters.filter((letter) => letter.to === address);
  }

  /** The next letter to an address that no test has read yet; waits for it to arrive. */
  async next(address: string): Promise<ReceivedLetter> {
    const index = this.readBy.get(address) ?? 0;
    this.readBy.set(address, index + 1);
    const giveUpAt = performance.now() + LONGEST_MS;
    while (this.to(address).length <= index) {
      if (performance.now() > giveUpAt) throw new Error(`No letter came to ${address}`);
      await this.anotherLetter();
    }
    return this.to(address)[index];
  }

  /** Resolves at the next letter to anybody, and when there was none for too long. */
  private anotherLetter(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, LONGEST_MS);
      this.waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** The code in the next letter to an address. */
  async nextCode(address: string): Promise<string> {
    const { text } = await this.next(address);
    const [code] = /\b\d{6}\b/.exec(text) ?? [];
    if (code === undefined) throw new Error(`No code in the letter to ${address}:\n${text}`);
    return code;
  }

  /** The reset token in the next letter to an address. */
  async nextResetToken(address: string): Promise<string> {
    const { text } = await this.next(address);
    const [, token] = /#token=([\w-]+)/.exec(text) ?? [];
    if (token === undefined) throw new Error(`No reset link in the letter to ${address}:\n${text}`);
    return token;
  }

  private async receive(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks).toString('utf8');
    const email = await PostalMime.parse(raw);
    const letters = session.envelope.rcptTo.map(({ address: to }) => ({
      to,
      from: email.from?.address ?? '',
      subject: email.subject ?? '',
      text: email.text ?? '',
      html: email.html ?? '',
      messageId: email.messageId ?? '',
      raw,
      email,
    }));
    const refusal = refusing(this.refuseLetter(letters[0]));
    if (refusal) throw refusal;
    await this.beforeAcknowledging();
    this.letters.push(...letters);
    for (const wake of this.waiting.splice(0)) wake();
  }
}
