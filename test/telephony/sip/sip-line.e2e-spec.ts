import { SystemTimers } from '../../../src/common/timers.js';
import type { LineEnd, LineListener } from '../../../src/telephony/phone-line.js';
import { SipLine } from '../../../src/telephony/sip/sip-line.js';
import { readTrunks } from '../../../src/telephony/sip/trunk-account.js';
import { SoftPhone } from '../../doubles/soft-phone.js';
import { describeWith } from '../../support/describe-with.js';
import { until } from '../../support/until.js';
import { invite, RawPeer } from './raw-peer.js';

const REQUEST = { callId: 'call', from: '+12025550100', to: '+12025550123' };

/** What a conversation would hear of a call. */
class Ear implements LineListener {
  readonly events: string[] = [];
  frames = 0;
  end?: LineEnd;

  ringing(): void {
    this.events.push('ringing');
  }

  answered(): void {
    this.events.push('answered');
  }

  frame(): void {
    this.frames += 1;
  }

  digit(digit: string): void {
    this.events.push(digit);
  }

  typed(): void {}

  ended(end: LineEnd): void {
    this.end = end;
    this.events.push('ended');
  }

  get ending(): Promise<LineEnd> {
    return until(() => this.end);
  }
}

let line: SipLine;
const peers: RawPeer[] = [];
const notes: string[] = [];

async function open(ports: number[], first = 19_000, last = 19_003, more: object = {}): Promise<void> {
  line = await SipLine.open({
    trunks: readTrunks(ports.map((port) => `sip:127.0.0.1:${port}`).join(',')) ?? [],
    listen: { address: '127.0.0.1', port: 0 },
    rtpPorts: { first, last },
    isRegistering: false,
    callsPerSecond: 1000,
    timers: new SystemTimers(),
    note: (text) => notes.push(text),
    ...more,
  });
}

/** A trunk that answers OPTIONS, and INVITE as told; what it is told is a status for each in turn. */
async function trunk(...statuses: number[]): Promise<RawPeer> {
  const peer = await RawPeer.open();
  peers.push(peer);
  peer.onRequest = (request) => {
    if (request.method === 'OPTIONS' || request.method === 'BYE' || request.method === 'CANCEL')
      peer.respond(request, 200);
    if (request.method !== 'INVITE') return;
    for (const status of statuses) peer.respond(request, status);
  };
  return peer;
}

afterEach(async () => {
  await line?.close();
  for (const peer of peers.splice(0)) peer.close();
});

describe('SIP trunks', () => {
  it('are tried in order: the next one after a 503, but none after one that rang', async () => {
    const trunks = [await trunk(503), await trunk(180, 503), await trunk(486)];
    await open(trunks.map(({ port }) => port));
    const ear = new Ear();
    line.dial(REQUEST, ear);
    expect(await ear.ending).toEqual({ reason: 'carrier-unavailable', carrierCode: 503 });
    expect(ear.events).toEqual(['ringing', 'ended']);
    expect(trunks.map((peer) => peer.names.filter((name) => name === 'INVITE').length)).toEqual([1, 1, 0]);
  });

  it.each([
    [486, 'busy'],
    [600, 'busy'],
    [603, 'declined'],
    [404, 'invalid-number'],
    [480, 'no-answer'],
    [408, 'no-answer'],
    [403, 'carrier-refused'],
    [500, 'carrier-unavailable'],
  ])('that respond %i end the call as %s', async (status, reason) => {
    await open([(await trunk(status)).port]);
    const ear = new Ear();
    line.dial(REQUEST, ear);
    expect(await ear.ending).toEqual({ reason, carrierCode: status });
  });

  it('that do not respond are skipped', async () => {
    const answering = await trunk(486);
    await open([], 19_000, 19_003, {
      trunks: readTrunks(`sip:127.0.0.1:1;transport=tcp,sip:127.0.0.1:${answering.port}`),
    });
    const ear = new Ear();
    line.dial(REQUEST, ear);
    expect(await ear.ending).toEqual({ reason: 'busy', carrierCode: 486 });
  });

  it('release each media port, and a call that finds no free port ends at once', async () => {
    const peer = await trunk(100, 180);
    await open([peer.port]);
    const [one, two, three] = [new Ear(), new Ear(), new Ear()];
    const calls = [one, two].map((ear) => line.dial(REQUEST, ear));
    await until(() => one.events.includes('ringing') && two.events.includes('ringing'));
    line.dial(REQUEST, three);
    expect(await three.ending).toEqual({ reason: 'carrier-unavailable', carrierCode: null });
    for (const call of calls) call.hangUp();
    expect(await one.ending).toEqual({ reason: 'canceled', carrierCode: null });
    await two.ending;
    expect(line.openCalls).toBe(0);
    const again = new Ear();
    line.dial(REQUEST, again);
    await until(() => again.events.includes('ringing'));
  });

  it('are the only ones that may call: others get 403, and an unknown number gets 404', async () => {
    await open([(await trunk(486)).port]);
    const [peer] = peers;
    peer.send(invite(peer.port, 'inbound'), line.port);
    await peer.has('404');
    await line.close();
    await open([]);
    peer.send(invite(peer.port, 'stranger'), line.port);
    await peer.has('403');
  });

  it('are registered with user and password, and unregistered at the stop', async () => {
    const peer = await trunk();
    peer.onRequest = (request) => {
      if (request.method === 'OPTIONS') return peer.respond(request, 200);
      const hasProof = request.headers.get('authorization') !== undefined;
      if (hasProof) peer.respond(request, 200, ({ headers }) => headers.set('expires', 120));
      else
        peer.respond(request, 401, ({ headers }) =>
          headers.set('www-authenticate', 'Digest realm="t", nonce="n", qop="auth"'),
        );
    };
    await open([], 19_000, 19_003, {
      trunks: readTrunks(`sip:talk:secret@127.0.0.1:${peer.port}`),
      isRegistering: true,
    });
    const proved = await peer.hasRequest('REGISTER', 2);
    expect(proved.headers.get('authorization')).toContain('username="talk"');
    await until(() => line.trunks[0].isRegistered);
    await line.close();
    expect(peer.received.filter((message) => message.headers.get('expires') === '0')).not.toHaveLength(0);
    await open([]);
  });
});

describeWith('baresip', SoftPhone.isInstalled)('Keys on a SIP trunk', () => {
  it("go both ways as telephone events, and the far end's sound is received", async () => {
    const port = SoftPhone.pickPort();
    const phone = await SoftPhone.open({ number: REQUEST.to, port, sound: new Int16Array(16_000 * 20).fill(1000) });
    await open([port]);
    const ear = new Ear();
    const call = line.dial(REQUEST, ear);
    await until(() => ear.events.includes('answered') && ear.frames > 20);
    call.pressDigits('4#');
    phone.press('7');
    await until(() => ear.events.includes('7'));
    await until(() => phone.events.filter(({ type }) => type === 'CALL_DTMF_START').length === 2);
    expect(phone.events.filter(({ type }) => type === 'CALL_DTMF_START').map(({ param }) => param)).toEqual(['4', '#']);
    call.hangUp();
    expect(await ear.ending).toEqual({ reason: 'hung-up-here', carrierCode: null });
    await phone.has('CALL_CLOSED');
    await phone.close();
  });
});
