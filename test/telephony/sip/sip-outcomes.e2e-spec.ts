import { SystemTimers } from '../../../src/common/timers.js';
import { UserAgent } from '../../../src/telephony/sip/user-agent.js';
import { describeWith } from '../../support/describe-with.js';
import { far, FarEnd, type FarEndOptions } from './far-end.js';
import { PlacedCall } from './placed-call.js';

/** The end of an INVITE that was cancelled: it names the INVITE, not the CANCEL that came last. */
function response487(): string {
  return far.response('487 Request Terminated').replace('[last_CSeq:]', 'CSeq: 1 INVITE');
}

describeWith('sipp', FarEnd.isInstalled)('A SIP call to a far end', () => {
  let agent: UserAgent;
  const farEnds: FarEnd[] = [];

  beforeAll(async () => {
    agent = await UserAgent.open({
      timers: new SystemTimers(),
      listen: { address: '127.0.0.1', port: 0 },
      isAllowed: (address) => address === '127.0.0.1',
      incoming: (invite) => invite.reject(404),
    });
  });

  afterAll(async () => {
    await agent.close();
    for (const farEnd of farEnds) farEnd.close();
  });

  async function call(lines: string[], options: FarEndOptions = {}): Promise<{ placed: PlacedCall; farEnd: FarEnd }> {
    const farEnd = await FarEnd.open(lines, options);
    farEnds.push(farEnd);
    return { placed: new PlacedCall(agent, farEnd, options.transport), farEnd };
  }

  it.each([
    ['404 Not Found', 404],
    ['480 Temporarily Unavailable', 480],
    ['486 Busy Here', 486],
    ['500 Server Internal Error', 500],
    ['503 Service Unavailable', 503],
    ['603 Decline', 603],
    ['302 Moved Temporarily', 302],
  ])(
    'whose far end responds %s is reported as refused with that status, and the response is acknowledged',
    async (line, status) => {
      const { placed, farEnd } = await call([far.invite, far.response('100 Trying'), far.response(line), far.ack]);
      expect(await placed.ended).toEqual({ reason: 'refused', status });
      await farEnd.finished();
    },
  );

  it.each(['udp', 'tcp'] as const)(
    'over %s rings, is answered, and ends when the far end hangs up',
    async (transport) => {
      const lines = [far.invite, far.response('180 Ringing'), far.response('200 OK', { sdp: true }), far.ack];
      const { placed, farEnd } = await call([...lines, far.request('BYE'), far.takesResponse(200)], { transport });
      expect(await placed.ended).toEqual({ reason: 'hung-up-there', status: null });
      expect(placed.events).toEqual(['ringing', 'media PCMU', 'answered', 'ended']);
      await farEnd.finished();
      expect(agent.sessionCount).toBe(0);
    },
  );

  it('sends BYE when it is hung up here', async () => {
    const lines = [
      far.invite,
      far.response('200 OK', { sdp: true }),
      far.ack,
      far.takes('BYE'),
      far.inDialog('200 OK'),
    ];
    const { placed, farEnd } = await call(lines);
    await placed.heard('answered');
    placed.invite.hangUp();
    expect(await placed.ended).toEqual({ reason: 'hung-up-here', status: null });
    await farEnd.finished();
  });

  it('that is cancelled while it rings sends CANCEL and acknowledges the 487', async () => {
    const lines = [far.invite, far.response('180 Ringing'), far.takes('CANCEL'), far.inDialog('200 OK')];
    const end = response487();
    const { placed, farEnd } = await call([...lines, end, far.ack]);
    await placed.heard('ringing');
    placed.invite.hangUp();
    expect(await placed.ended).toEqual({ reason: 'canceled', status: null });
    await farEnd.finished();
  });

  it('that is answered while CANCEL is on its way is acknowledged and hung up at once', async () => {
    const lines = [far.invite, far.response('180 Ringing'), far.takes('CANCEL')];
    const crossing = far
      .response('200 OK', { sdp: true })
      .replace('[last_CSeq:]', 'CSeq: 1 INVITE')
      .replace('[last_Via:]', '[$4]');
    const invite = far.invite.replace(
      '</action>',
      '<ereg regexp="SIP.*" search_in="hdr" header="Via:" assign_to="4"/><log message="[$4]"/></action>',
    );
    const { placed, farEnd } = await call([
      invite,
      ...lines.slice(1),
      crossing.replace('[$4]', 'Via: [$4]'),
      far.ack,
      far.takes('BYE'),
      far.inDialog('200 OK'),
    ]);
    await placed.heard('ringing');
    placed.invite.hangUp();
    await farEnd.finished();
    expect(placed.events).toEqual(['ringing', 'ended']);
  });

  it('reports early media before the answer', async () => {
    const lines = [
      far.invite,
      far.response('183 Session Progress', { sdp: true }),
      far.response('200 OK', { sdp: true }),
      far.ack,
    ];
    const { placed, farEnd } = await call([...lines, far.request('BYE'), far.takesResponse(200)]);
    await placed.ended;
    expect(placed.events).toEqual(['media PCMU', 'ringing', 'media PCMU', 'answered', 'ended']);
    await farEnd.finished();
  });

  it('is hung up when the answer has no codec that we support', async () => {
    const ok = far
      .response('200 OK', { sdp: true })
      .replace('RTP/AVP 0 101', 'RTP/AVP 18')
      .replace('0 PCMU/8000', '18 G729/8000');
    const { placed, farEnd } = await call([far.invite, ok, far.ack, far.takes('BYE'), far.inDialog('200 OK')]);
    expect(await placed.ended).toEqual({ reason: 'no-media', status: null });
    await farEnd.finished();
  });

  it.each([
    ['MD5', 'WWW-Authenticate', '401 Unauthorized'],
    ['SHA-256', 'Proxy-Authenticate', '407 Proxy Authentication Required'],
  ])(
    'answers a challenge of %s in %s once, and is refused when the password is wrong',
    async (algorithm, field, line) => {
      const more = `${field}: Digest realm="trunk", nonce="abc", qop="auth", algorithm=${algorithm}`;
      const challenge = [far.response(line, { more }), far.ack];
      const { placed, farEnd } = await call([far.invite, ...challenge, far.takes('INVITE'), ...challenge]);
      expect(await placed.ended).toEqual({ reason: 'refused', status: Number(line.slice(0, 3)) });
      await farEnd.finished();
    },
  );

  it('answers a new challenge when its nonce was stale', async () => {
    const more = 'Proxy-Authenticate: Digest realm="trunk", nonce="abc", qop="auth", algorithm=MD5';
    const first = [far.response('407 Proxy Authentication Required', { more }), far.ack];
    const stale = [
      far.response('407 Proxy Authentication Required', { more: `${more.replace('abc', 'def')}, stale=true` }),
      far.ack,
    ];
    const last = [far.takes('INVITE'), far.response('486 Busy Here'), far.ack];
    const { placed, farEnd } = await call([far.invite, ...first, far.takes('INVITE'), ...stale, ...last]);
    expect(await placed.ended).toEqual({ reason: 'refused', status: 486 });
    await farEnd.finished();
  });

  it('asks for a longer session interval when the far end requires it', async () => {
    const refusal = [far.response('422 Session Interval Too Small', { more: 'Min-SE: 7200' }), far.ack];
    const again =
      '<recv request="INVITE"><action><ereg regexp="7200" search_in="hdr" header="Session-Expires:" check_it="true" assign_to="5"/><log message="[$5]"/></action></recv>';
    const { placed, farEnd } = await call([far.invite, ...refusal, again, far.response('486 Busy Here'), far.ack]);
    expect(await placed.ended).toEqual({ reason: 'refused', status: 486 });
    await farEnd.finished();
  });

  it('can be held and resumed by re-INVITE, and responds to INFO and OPTIONS', async () => {
    const hold = far
      .request('INVITE', { sdp: true })
      .replace('telephone-event/8000', 'telephone-event/8000\na=sendonly');
    const resume = far.request('INVITE', { sdp: true, sequence: 2 });
    const info = far
      .request('INFO', { sequence: 3 })
      .replace(
        'Content-Length: 0\n',
        'Content-Type: application/dtmf-relay\nContent-Length: [len]\n\nSignal=5\nDuration=160\n',
      );
    const acknowledge = (sequence: number) => far.request('ACK', { sequence }).replace(' retrans="500"', '');
    const lines = [
      far.invite,
      far.response('200 OK', { sdp: true }),
      far.ack,
      ...[hold, far.takesResponse(200), acknowledge(1), resume, far.takesResponse(200), acknowledge(2)],
      ...[info, far.takesResponse(200), far.request('OPTIONS', { sequence: 4 }), far.takesResponse(200)],
      ...[far.request('SUBSCRIBE', { sequence: 5 }), far.takesResponse(405)],
      ...[far.request('BYE', { sequence: 6 }), far.takesResponse(200)],
    ];
    const { placed, farEnd } = await call(lines);
    await placed.ended;
    expect(placed.events).toEqual(['media PCMU', 'answered', 'media PCMU held', 'media PCMU', 'digit 5', 'ended']);
    await farEnd.finished();
  });

  it('is transferred by REFER once the other party has answered', async () => {
    const notify = far
      .request('NOTIFY', { more: 'Event: refer\nSubscription-State: terminated' })
      .replace('Content-Length: 0\n', 'Content-Type: message/sipfrag\nContent-Length: [len]\n\nSIP/2.0 200 OK\n');
    const lines = [
      far.invite,
      far.response('200 OK', { sdp: true }),
      far.ack,
      far.takes('REFER'),
      far.inDialog('202 Accepted'),
    ];
    const { placed, farEnd } = await call([
      ...lines,
      notify,
      far.takesResponse(200),
      far.takes('BYE'),
      far.inDialog('200 OK'),
    ]);
    await placed.heard('answered');
    await placed.invite.refer('sip:+12025550177@127.0.0.1');
    expect(await placed.ended).toEqual({ reason: 'transferred', status: null });
    await farEnd.finished();
  });

  it('goes on when its transfer is refused', async () => {
    const lines = [
      far.invite,
      far.response('200 OK', { sdp: true }),
      far.ack,
      far.takes('REFER'),
      far.inDialog('603 Decline'),
    ];
    const { placed, farEnd } = await call([...lines, far.takes('BYE'), far.inDialog('200 OK')]);
    await placed.heard('answered');
    await expect(placed.invite.refer('sip:+12025550177@127.0.0.1')).rejects.toThrow('answered 603');
    placed.invite.hangUp();
    await farEnd.finished();
  });
});
