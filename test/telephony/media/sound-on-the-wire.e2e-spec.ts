import { alaw, mulaw } from 'alawmulaw';
import { randomBytes } from 'node:crypto';
import { soundCoder } from '../../../src/telephony/media/audio-format.js';
import { FarAddress } from '../../../src/telephony/media/far-address.js';
import { G711 } from '../../../src/telephony/media/g711.js';
import { Downsampler, Upsampler } from '../../../src/telephony/media/half-band.js';
import { JitterBuffer } from '../../../src/telephony/media/jitter-buffer.js';
import { readRtp, type RtpPacket, writeRtp } from '../../../src/telephony/media/rtp-packet.js';
import { SrtpStream } from '../../../src/telephony/media/srtp.js';
import { DigitSender, readTelephoneEvent } from '../../../src/telephony/media/telephone-events.js';

const ALL_SAMPLES = Int16Array.from({ length: 65_536 }, (_, index) => index - 32_768);
const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, byte) => byte);
const FRAME = 320;

const tone = (hertz: number, rate: number, length: number) =>
  Int16Array.from({ length }, (_, at) => 8000 * Math.sin((2 * Math.PI * hertz * at) / rate));
const loudness = (samples: Int16Array) =>
  Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);

describe('G.711', () => {
  it.each([
    ['PCMU', mulaw],
    ['PCMA', alaw],
  ] as const)(
    '%s decodes every byte like another implementation, and encodes every sample as accurately',
    (law, other) => {
      const ours = new G711(law);
      expect([...ours.decode(ALL_BYTES)]).toEqual([...other.decode(ALL_BYTES)]);
      const again = ours.decode(ours.encode(ALL_SAMPLES));
      const theirs = other.decode(other.encode(ALL_SAMPLES));
      const worse = ALL_SAMPLES.filter((sample, at) => Math.abs(again[at] - sample) > Math.abs(theirs[at] - sample));
      expect(worse).toHaveLength(0);
    },
  );
});

describe('Resampled sound', () => {
  it('keeps audible frequencies, and loses those that 8 kHz cannot carry', () => {
    const low = new Downsampler().process(tone(1000, 16_000, 3200));
    expect(loudness(low.subarray(100)) / loudness(tone(1000, 8000, 1500))).toBeCloseTo(1, 1);
    expect(loudness(new Downsampler().process(tone(6000, 16_000, 3200)).subarray(100))).toBeLessThan(100);
    const back = new Upsampler().process(low);
    expect(loudness(back.subarray(200)) / loudness(tone(1000, 16_000, 3000))).toBeCloseTo(1, 1);
  });

  it('is the same whether resampled in frames or in one piece', () => {
    const whole = tone(700, 16_000, 6 * FRAME);
    const down = new Downsampler();
    const pieces = [0, 1, 2, 3, 4, 5].flatMap((at) => [...down.process(whole.subarray(at * FRAME, (at + 1) * FRAME))]);
    expect(pieces).toEqual([...new Downsampler().process(whole)]);
  });
});

describe('An RTP packet', () => {
  const packet: RtpPacket = {
    payloadType: 96,
    hasMarker: true,
    sequence: 65_535,
    timestamp: 4_294_967_295,
    source: 1,
    payload: Buffer.from('sound'),
  };

  it('is read back as it was written', () => expect(readRtp(writeRtp(packet))).toEqual(packet));

  it('is rejected when it is truncated, of another version, or RTCP; random bytes do no harm', () => {
    const bytes = writeRtp(packet);
    for (let length = 0; length < 12; length += 1) expect(readRtp(bytes.subarray(0, length))).toBeNull();
    expect(readRtp(Buffer.concat([Buffer.from([0x40]), bytes.subarray(1)]))).toBeNull();
    expect(readRtp(Buffer.concat([Buffer.from([0x80, 200]), bytes.subarray(2)]))).toBeNull();
    for (const first of [0x8f, 0x90, 0xa0, 0xbf]) {
      for (let i = 0; i < 2000; i += 1) readRtp(Buffer.concat([Buffer.from([first]), randomBytes(i % 40)]));
    }
  });
});

describe('A jitter buffer', () => {
  const packet = (sequence: number, level: number): RtpPacket => ({
    payloadType: 96,
    hasMarker: false,
    sequence: sequence & 0xffff,
    timestamp: 0,
    source: 1,
    payload: soundCoder('L16').encode(new Int16Array(FRAME).fill(level)),
  });
  const levels = (buffer: JitterBuffer, count: number) =>
    Array.from({ length: count }, () => buffer.take()?.[0] ?? null);

  it('waits for 60 ms and puts packets in order, also when sequence numbers wrap around', () => {
    const buffer = new JitterBuffer(soundCoder('L16'));
    buffer.add(packet(65_535, 200));
    buffer.add(packet(65_534, 100));
    expect(buffer.take()).toBeNull();
    buffer.add(packet(1, 400));
    buffer.add(packet(0, 300));
    expect(levels(buffer, 4)).toEqual([100, 200, 300, 400]);
  });

  it('replaces a lost packet by the sound before it, quieter, and goes on with the next', () => {
    const buffer = new JitterBuffer(soundCoder('L16'));
    for (const sequence of [1, 2, 4, 5]) buffer.add(packet(sequence, sequence * 100));
    expect(levels(buffer, 5)).toEqual([100, 200, 100, 400, 500]);
    expect(buffer.lost).toBe(1);
  });

  it('fades out when packets stop, and starts again with later ones', () => {
    const buffer = new JitterBuffer(soundCoder('L16'));
    for (const sequence of [1, 2, 3]) buffer.add(packet(sequence, 800));
    expect(levels(buffer, 7)).toEqual([800, 800, 800, 400, 200, 100, null]);
    for (const sequence of [4, 5, 6]) buffer.add(packet(sequence, 900));
    expect(levels(buffer, 2)).toEqual([900, 900]);
  });

  it('drops a burst of packets that would delay all later sound', () => {
    const buffer = new JitterBuffer(soundCoder('L16'));
    for (let sequence = 1; sequence <= 30; sequence += 1) buffer.add(packet(sequence, sequence));
    expect(levels(buffer, 3)).toEqual([28, 29, 30]);
  });
});

describe('Pressed keys', () => {
  it('are sent as telephone events: one timestamp each, a growing duration, and the end three times', () => {
    const sender = new DigitSender(8000);
    sender.press('5#');
    const steps = Array.from({ length: 18 }, () => sender.step());
    const first = steps.slice(0, 5).flatMap((step) => step ?? []);
    expect(first.map(({ payload }) => readTelephoneEvent(payload))).toEqual(['5', '5', '5', '5', '5', '5', '5']);
    expect(first.map(({ payload }) => payload.readUInt16BE(2))).toEqual([160, 320, 480, 640, 800, 800, 800]);
    expect(first.map(({ payload }) => payload[1] >> 7)).toEqual([0, 0, 0, 0, 1, 1, 1]);
    expect(steps.slice(5, 9)).toEqual([null, null, null, null]);
    expect(readTelephoneEvent(steps[9]![0].payload)).toBe('#');
    expect(sender.isBusy).toBe(false);
  });
});

describe('SRTP', () => {
  const key = randomBytes(30);
  const packets = (sequences: number[]) =>
    sequences.map((sequence) =>
      writeRtp({
        payloadType: 0,
        hasMarker: false,
        sequence,
        timestamp: 1,
        source: 7,
        payload: Buffer.from(`sound ${sequence}`),
      }),
    );

  it('is decrypted by the other side, and rejected when changed, replayed or read with another key', () => {
    const [plain] = packets([9]);
    const sealed = new SrtpStream(key).protect(plain);
    expect(sealed.includes('sound')).toBe(false);
    const reader = new SrtpStream(key);
    expect(reader.unprotect(sealed)).toEqual(plain);
    expect(reader.unprotect(sealed)).toBeNull();
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed[at] ^= 1;
      expect(new SrtpStream(key).unprotect(changed)).toBeNull();
    }
    expect(new SrtpStream(randomBytes(30)).unprotect(sealed)).toBeNull();
  });

  it('continues when sequence numbers wrap around, also out of order', () => {
    const writer = new SrtpStream(key);
    const reader = new SrtpStream(key);
    const plain = packets([65_534, 65_535, 0, 1]);
    const sealed = plain.map((packet) => writer.protect(packet));
    for (const at of [0, 2, 1, 3]) expect(reader.unprotect(sealed[at])).toEqual(plain[at]);
  });

  it('derives the keys of RFC 3711, appendix B.3', () => {
    const master = Buffer.from('E1F97A0D3E018BE0D64FA32C06DE41390EC675AD498AFEEBB6960B3AABE6', 'hex');
    const { cipherKey, salt, authKey } = new SrtpStream(master) as unknown as Record<string, Buffer>;
    expect(cipherKey.toString('hex').toUpperCase()).toBe('C61E7A93744F39EE10734AFE3FF7A087');
    expect(salt.toString('hex').toUpperCase()).toBe('30CBBC08863D8C85D49DB34A9AE1');
    expect(authKey.toString('hex').toUpperCase().startsWith('CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4')).toBe(true);
  });
});

describe('The address of the far end', () => {
  const packet = (sequence: number, source = 5): RtpPacket => ({
    payloadType: 0,
    hasMarker: false,
    sequence,
    timestamp: 0,
    source,
    payload: Buffer.alloc(1),
  });
  const told = { address: '10.0.0.1', port: 4000 };
  const real = { address: '203.0.113.9', port: 61_000 };

  it('becomes the one that packets really come from, after three in a row', () => {
    const far = new FarAddress(told);
    expect([1, 2, 3].map((sequence) => far.hears(real, packet(sequence), sequence))).toEqual([false, false, true]);
    expect(far.place).toEqual(real);
  });

  it('is not taken over by a stranger while the far end is sending', () => {
    const far = new FarAddress(told);
    expect(far.hears(told, packet(1), 0)).toBe(true);
    const stranger = { address: '198.51.100.7', port: 9 };
    for (let sequence = 1; sequence < 20; sequence += 1) {
      expect(far.hears(stranger, packet(sequence, 66), sequence)).toBe(false);
    }
    expect(far.place).toEqual(told);
    // Silent for a second: the far end's NAT may have given it another port.
    expect([30, 31, 32].map((sequence) => far.hears(real, packet(sequence), 1100))).toEqual([false, false, true]);
  });
});
