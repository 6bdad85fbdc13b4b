import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram, freePort } from '../../support/own-mariadb.js';
import { freeUdpPort, untilTaken } from '../../support/loopback-ports.js';

const SDP = `
v=0
o=- 53655765 2353687637 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 0 101
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
`;

function response(status: string, { sdp = false, more = '' } = {}): string {
  const body = sdp ? `Content-Type: application/sdp\nContent-Length: [len]\n${SDP}` : 'Content-Length: 0\n';
  return `<send><![CDATA[
SIP/2.0 ${status}
[last_Via:]
[last_From:]
[last_To:];tag=[pid]far[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port];transport=[transport]>
${more === '' ? '' : `${more}\n`}${body}
]]></send>`;
}

/** A response with no tag added: to a request of the dialog. */
function inDialog(status: string): string {
  return response(status).replace(/;tag=\[pid\]far\[call_number\]/, '');
}

/** A request of ours to the caller, in the dialog that its INVITE made. */
function request(method: string, { more = '', sdp = false, sequence = 1 } = {}): string {
  const body = sdp ? `Content-Type: application/sdp\nContent-Length: [len]\n${SDP}` : 'Content-Length: 0\n';
  return `<send retrans="500"><![CDATA[
${method} [$1] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <[$3];tag=[pid]far[call_number]
To: <[$2]
Call-ID: [call_id]
CSeq: ${sequence} ${method}
Contact: <sip:[local_ip]:[local_port]>
Max-Forwards: 70
${more === '' ? '' : `${more}\n`}${body}
]]></send>`;
}

/** Takes an INVITE and remembers what requests of its dialog need. sipp refuses variables that nothing uses: so they are logged. */
const INVITE = `<recv request="INVITE"><action>
<ereg regexp="sip:[^>]*" search_in="hdr" header="Contact:" assign_to="1"/>
<ereg regexp="sip:.*" search_in="hdr" header="From:" assign_to="2"/>
<ereg regexp="sip:.*" search_in="hdr" header="To:" assign_to="3"/>
<log message="[$1] [$2] [$3]"/>
</action></recv>`;

/** Lines of a scenario of sipp, which plays the far end. */
export const far = {
  invite: INVITE,
  response,
  inDialog,
  request,
  ack: '<recv request="ACK"/>',
  /** Takes a request; what has not come before `timeout` fails the scenario. */
  takes: (method: string) => `<recv request="${method}" timeout="60000"/>`,
  mayTake: (method: string) => `<recv request="${method}" optional="true"/>`,
  takesResponse: (status: number) => `<recv response="${status}"/>`,
  pause: (milliseconds: number) => `<pause milliseconds="${milliseconds}"/>`,
};

export interface FarEndOptions {
  transport?: 'udp' | 'tcp';
  calls?: number;
  args?: string[];
}

/** sipp on loopback as the far end of a call, playing one scenario. */
export class FarEnd {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    readonly port: number,
  ) {}

  static get isInstalled(): boolean {
    return findProgram('sipp') !== undefined;
  }

  static async open(lines: string[], { transport = 'udp', calls = 1, args = [] }: FarEndOptions = {}): Promise<FarEnd> {
    const folder = mkdtempSync(join(tmpdir(), 'talkstack-sipp-'));
    const file = join(folder, 'scenario.xml');
    const name = '<!DOCTYPE scenario SYSTEM "sipp.dtd">';
    writeFileSync(
      file,
      `<?xml version="1.0"?>\n${name}\n<scenario name="far end">\n${lines.join('\n')}\n</scenario>\n`,
    );
    const port = await (transport === 'udp' ? freeUdpPort() : freePort());
    const places = ['-i', '127.0.0.1', '-p', String(port), '-t', transport === 'udp' ? 'u1' : 't1', '-mi', '127.0.0.1'];
    const bounds = [
      '-m',
      String(calls),
      '-timeout',
      '90',
      '-nostdin',
      '-trace_err',
      '-error_file',
      join(folder, 'errors'),
    ];
    const child = spawn('sipp', ['-sf', file, ...places, ...bounds, '-mp', String(await freeUdpPort()), ...args], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const farEnd = new FarEnd(child, folder, port);
    await untilTaken(transport, port, () => child.exitCode !== null).catch(() => farEnd.finished());
    return farEnd;
  }

  /** Resolves when all calls went as the scenario says; rejects with what sipp saw otherwise. */
  async finished(): Promise<void> {
    if (this.child.exitCode === null) await once(this.child, 'exit');
    if (this.child.exitCode === 0) return;
    let errors = '';
    try {
      errors = readFileSync(join(this.folder, 'errors'), 'utf8');
    } catch {
      // It writes the file with the first error.
    }
    throw new Error(
      `The far end saw another call than its scenario says (${this.child.exitCode}):\n${errors.slice(0, 3000)}`,
    );
  }

  close(): void {
    this.child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
