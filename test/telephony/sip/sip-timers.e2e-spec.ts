import type { IncomingInvite } from '../../../src/telephony/sip/incoming-invite.js';
import { Negotiation } from '../../../src/telephony/sip/negotiation.js';
import type { SipResponse } from '../../../src/telephony/sip/sip-message.js';
import { UserAgent } from '../../../src/telephony/sip/user-agent.js';
import { StageTimers } from '../../conversations/stage-timers.js';
import { PlacedCall } from './placed-call.js';
import { invite, RawPeer, within } from './raw-peer.js';

const SOUND = { address: '127.0.0.1', port: 40_000, codecs: ['PCMU'] as const, isSecure: false };

describe('SIP transactions and sessions', () => {
  let agent: UserAgent;
  let peer: RawPeer;
  let timers: StageTimers;
  let coming: IncomingInvite[];
  let events: string[];

  beforeEach(async () => {
    timers = new StageTimers();
    coming = [];
    events = [];
    peer = await RawPeer.open();
    agent = await UserAgent.open({
      timers,
      listen: { address: '127.0.0.1', port: 0 },
      isAllowed: (address) => address === '127.0.0.1',
      incoming: (call) => {
        coming.push(call);
        call.ring({
          ringing: () => undefined,
          media: () => events.push('media'),
          answered: () => events.push('answered'),
          digit: () => undefined,
          ended: ({ reason }) => events.push(reason),
        });
      },
    });
  });

  afterEach(async () => {
    await agent.close();
    peer.close();
  });

  const place = () => new PlacedCall(agent, { port: peer.port });

  it('repeat an INVITE after 0.5, 1, 2, 4 … seconds, and give up after 32', async () => {
    const placed = place();
    await peer.has('INVITE');
    for (const [seconds, count] of [
      [0.5, 2],
      [1, 3],
      [2, 4],
      [4, 5],
      [8, 6],
      [16, 7],
    ]) {
      await timers.advance(seconds * 1000);
      await peer.has('INVITE', count);
    }
    await timers.advance(500);
    expect(await placed.ended).toEqual({ reason: 'timeout', status: null });
    expect(agent.transactionCount).toBe(0);
  });

  it('wait for a ringing INVITE until it is cancelled, and give it up when only its CANCEL is answered', async () => {
    const placed = place();
    peer.respond(await peer.hasRequest('INVITE'), 180);
    await placed.heard('ringing');
    await timers.advance(600_000);
    placed.invite.hangUp();
    peer.respond(await peer.hasRequest('CANCEL'), 200);
    expect(await placed.ended).toEqual({ reason: 'canceled', status: null });
    await timers.advance(32_000);
    await timers.advance(5000);
    expect(agent.transactionCount).toBe(0);
  });

  it('send CANCEL only after a first response of the far end', async () => {
    const placed = place();
    const request = await peer.hasRequest('INVITE');
    placed.invite.hangUp();
    expect(await placed.ended).toEqual({ reason: 'canceled', status: null });
    expect(peer.names).toEqual(['INVITE']);
    peer.respond(request, 100);
    await peer.has('CANCEL');
    peer.respond(request, 487);
    await peer.has('ACK');
  });

  it('acknowledge a repeated 200 each time', async () => {
    const placed = place();
    const request = await peer.hasRequest('INVITE');
    peer.respond(request, 200);
    await peer.has('ACK');
    peer.respond(request, 200);
    await peer.has('ACK', 2);
    expect(placed.events).toEqual(['media PCMU', 'answered']);
  });

  it('hang up on the second phone to answer when a proxy rang several', async () => {
    const placed = place();
    const request = await peer.hasRequest('INVITE');
    peer.respond(request, 200);
    await placed.heard('answered');
    peer.respond(request, 200, ({ headers }) => headers.set('to', `${request.headers.get('to')};tag=other`));
    const bye = await peer.hasRequest('BYE');
    expect(bye.headers.get('to')).toMatch(/tag=other$/);
    expect(placed.events).not.toContain('ended');
  });

  it('repeat our 200 until its ACK comes, and hang up when none does', async () => {
    peer.send(invite(peer.port, 'lost'), agent.port);
    await peer.has('180');
    coming[0].answer(new Negotiation(SOUND));
    await peer.has('200');
    await timers.advance(500);
    await peer.has('200', 2);
    await timers.advance(1000);
    await peer.has('200', 3);
    await timers.advance(30_500);
    await peer.has('BYE');
    expect(events).toEqual(['media', 'answered', 'lost']);
  });

  it('stop repeating at the ACK; a repeated INVITE gets the same response and makes no second call', async () => {
    peer.send(invite(peer.port, 'again'), agent.port);
    await peer.has('180');
    coming[0].answer(new Negotiation(SOUND));
    const answer = (await peer.has('200')) as SipResponse;
    peer.send(invite(peer.port, 'again'), agent.port);
    await peer.has('200', 2);
    peer.send(within(answer, 'ACK', 1), agent.port);
    peer.send(within(answer, 'BYE', 2), agent.port);
    await peer.has('200', 3);
    expect(coming).toHaveLength(1);
    await timers.advance(60_000);
    expect(peer.names.filter((name) => name === '200')).toHaveLength(3);
    expect(events).toEqual(['media', 'answered', 'hung-up-there']);
    expect(agent.transactionCount).toBe(0);
  });

  it('let the far end cancel an incoming call: 200 to the CANCEL, 487 to the INVITE', async () => {
    peer.send(invite(peer.port, 'changed-mind'), agent.port);
    await peer.has('180');
    peer.send(
      invite(peer.port, 'changed-mind')
        .replaceAll('INVITE', 'CANCEL')
        .replace(/Content-Length: \d+[^]*$/, 'Content-Length: 0\r\n\r\n'),
      agent.port,
    );
    await peer.has('487');
    expect(peer.names).toContain('200');
    expect(events).toEqual(['canceled']);
    expect(coming[0].answer(new Negotiation(SOUND))).toBe(false);
  });

  it('refresh the session at half of its interval, by UPDATE if the far end supports it', async () => {
    const placed = place();
    peer.respond(await peer.hasRequest('INVITE'), 200, ({ headers }) => {
      headers.set('session-expires', '600;refresher=uac');
      headers.set('allow', 'INVITE, UPDATE');
    });
    await placed.heard('answered');
    await timers.advance(300_000);
    const update = await peer.hasRequest('UPDATE');
    expect(update.headers.get('session-expires')).toBe('600;refresher=uac');
    peer.respond(update, 200);
    // What was sent before has come when this is answered.
    peer.send(invite(peer.port, 'ping').replaceAll('INVITE', 'OPTIONS'));
    await peer.has('200');
    await timers.advance(300_000);
    peer.respond(await peer.hasRequest('UPDATE', 2), 481);
    expect(await placed.ended).toEqual({ reason: 'lost', status: null });
  });

  it('end a session that the far end should have refreshed and did not', async () => {
    const placed = place();
    peer.respond(await peer.hasRequest('INVITE'), 200, ({ headers }) =>
      headers.set('session-expires', '90;refresher=uas'),
    );
    await placed.heard('answered');
    await timers.advance(60_000);
    expect(await placed.ended).toEqual({ reason: 'lost', status: null });
    await peer.has('BYE');
  });

  it.each([
    ['an interval that is too short', { more: 'Session-Expires: 30\r\nSupported: timer' }, '422'],
    ['an extension that we do not have', { more: 'Require: 100rel' }, '420'],
  ])('refuse a call that asks for %s', async (_, parts, status) => {
    peer.send(invite(peer.port, `refused${status}`, parts), agent.port);
    await peer.has(status);
    expect(coming).toHaveLength(0);
  });
});
