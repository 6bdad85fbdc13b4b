import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { untilTaken } from '../support/loopback-ports.js';
import { until } from '../support/until.js';

const PROGRAM = '/usr/bin/baresip';
const MODULES = '/usr/lib/baresip/modules';

/** What the phone says happened. */
interface PhoneEvent {
  class?: string;
  type?: string;
  param?: string;
}

interface PhoneOptions {
  /** The number that it answers to. */
  number: string;
  port: number;
  /** What it plays to whoever calls: samples of 16 kHz. */
  sound: Int16Array;
  /** In the order in which it wants them. */
  codecs?: ('l16' | 'g711')[];
}

/** Samples of a WAV file with one channel of 16 bits. */
function monoSamples(bytes: Buffer): Int16Array {
  const start = bytes.indexOf('data', 12, 'latin1') + 8;
  const sound = bytes.subarray(start);
  return Int16Array.from({ length: sound.length >> 1 }, (_, at) => sound.readInt16LE(2 * at));
}

function wavFile(samples: Int16Array, rate: number): Buffer {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + samples.length * 2, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(2 * rate, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(samples.length * 2, 40);
  return Buffer.concat([head, Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)]);
}

/** A real telephone on loopback, baresip: it answers by itself, plays a sound to whoever calls, and keeps what it hears. */
export class SoftPhone {
  readonly events: PhoneEvent[] = [];

  private constructor(
    private readonly child: ChildProcess,
    private readonly control: Socket,
    private readonly folder: string,
  ) {
    let text = '';
    control.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
      // Netstrings: a length, a colon, the text, a comma.
      for (let match = /^(\d+):/.exec(text); match; match = /^(\d+):/.exec(text)) {
        const end = match[0].length + Number(match[1]);
        if (text.length <= end) return;
        this.events.push(JSON.parse(text.slice(match[0].length, end)));
        text = text.slice(end + 1);
      }
    });
    control.on('error', () => undefined);
  }

  static get isInstalled(): boolean {
    return existsSync(PROGRAM);
  }

  /** A port for SIP; the phone takes the next too, for TLS, and one for its control. */
  static pickPort(): number {
    return 30_000 + 2 * randomInt(1000);
  }

  static async open({ number, port, sound, codecs = ['l16', 'g711'] }: PhoneOptions): Promise<SoftPhone> {
    const folder = mkdtempSync(join(tmpdir(), 'talkstack-phone-'));
    const control = port + 2001;
    // It does not change rates: G.711 wants 8 kHz.
    const isNarrow = !codecs.includes('l16');
    const played = isNarrow ? sound.filter((_, at) => at % 2 === 0) : sound;
    writeFileSync(join(folder, 'in.wav'), wavFile(played, isNarrow ? 8000 : 16_000));
    const modules = [...codecs, 'aufile', 'sndfile', 'account', 'menu', 'ctrl_tcp'];
    const lines = [
      `sip_listen 127.0.0.1:${port}`,
      `module_path ${MODULES}`,
      ...modules.map((name) => `module ${name}.so`),
      `audio_player aufile,${join(folder, 'out.wav')}`,
      `audio_source aufile,${join(folder, 'in.wav')}`,
      `snd_path ${folder}`,
      `ctrl_tcp_listen 127.0.0.1:${control}`,
      'menu_message_tone no',
      'rtp_ports 20000-29999',
    ];
    writeFileSync(join(folder, 'config'), `${lines.join('\n')}\n`);
    writeFileSync(join(folder, 'accounts'), `<sip:${number}@127.0.0.1>;regint=0;answermode=auto\n`);
    writeFileSync(join(folder, 'contacts'), '');
    const child = spawn(PROGRAM, ['-f', folder], { stdio: 'ignore' });
    await untilTaken('tcp', control, () => child.exitCode !== null);
    const socket = connect(control, '127.0.0.1');
    await once(socket, 'connect');
    return new SoftPhone(child, socket, folder);
  }

  /** Resolves when an event of this type has come. */
  has(type: string): Promise<PhoneEvent> {
    return until(() => this.events.find((event) => event.type === type));
  }

  hangUp(): void {
    this.command('hangup');
  }

  press(digits: string): void {
    for (const digit of digits) this.command('sndcode', digit);
  }

  /** All that the phone heard in its call, at the rate of the codec. */
  heard(): Int16Array {
    const file = readdirSync(this.folder).find((name) => name.startsWith('dump') && name.endsWith('dec.wav'));
    return monoSamples(readFileSync(join(this.folder, file ?? 'no dump')));
  }

  command(command: string, params = ''): void {
    const text = JSON.stringify({ command, params, token: 'test' });
    this.control.write(`${text.length}:${text},`);
  }

  async close(): Promise<void> {
    this.control.destroy();
    const isAlive = this.child.exitCode === null && this.child.signalCode === null;
    const gone = isAlive ? once(this.child, 'exit') : null;
    this.child.kill('SIGKILL');
    await gone;
    rmSync(this.folder, { recursive: true, force: true });
  }
}
