import { Stage, StageOptions } from './stage.js';

const GREETING = 'You have reached the mailbox of the Smith family. Please leave a message after the tone.';

async function answered(options: StageOptions = {}): Promise<Stage> {
  const stage = await Stage.open({ hasRecognizer: true, ...options });
  await stage.answer();
  return stage;
}

describe('Who answered', () => {
  it('is a person who says a few words and waits; the greeting is not kept back', async () => {
    const stage = await answered();
    stage.speaks(600);
    await stage.run(700);
    expect(stage.line.heard[0].at).toBeLessThanOrEqual(150);
    stage.words?.final('Hello?');
    await stage.run(1000);
    expect(stage.answeredBy).toEqual([['human', expect.any(Number)]]);
  });

  it('is unknown after 5 s in which nobody speaks, and the call goes on', async () => {
    const stage = await answered({ settings: { silenceSeconds: 60 } });
    await stage.run(5200);
    expect(stage.answeredBy).toEqual([['unknown', 5000]]);
    expect(stage.ends).toEqual([]);
  });

  it('is a person after all who types, or presses a key, when nobody had spoken for 5 s', async () => {
    const stage = await answered({ settings: { silenceSeconds: 60 } });
    await stage.run(6000);
    stage.conversation.typed('Hello?');
    stage.conversation.typed('Are you there?');
    expect(stage.answeredBy).toEqual([
      ['unknown', 5000],
      ['human', expect.any(Number)],
    ]);
    stage.conversation.lineEnded({ reason: 'hung-up-there', carrierCode: null });
    expect(stage.ends).toEqual([expect.objectContaining({ answeredBy: 'human' })]);
  });

  it('is a person, however long they speak, who asks something or is not available right now', async () => {
    const asking = await answered();
    asking.speaks(3500);
    await asking.run(3500);
    asking.words?.final('Smith family, Ada speaking on the phone, how can I help you?');
    await asking.run(1500);
    const away = await answered();
    away.speaks(1500);
    await away.run(1500);
    away.words?.final('He is not available right now');
    await away.run(1500);
    expect([asking.answeredBy[0][0], away.answeredBy[0][0]]).toEqual(['human', 'human']);
    expect([...asking.ends, ...away.ends]).toEqual([]);
  });
});

describe('An answering machine', () => {
  it('is hung up on where there is no message for it', async () => {
    const stage = await answered();
    stage.speaks(5000);
    await stage.run(3000);
    stage.words?.interim(GREETING);
    await stage.run(100);
    expect(stage.ends).toEqual([expect.objectContaining({ reason: 'voicemail', answeredBy: 'machine' })]);
  });

  it('is known by its beep alone', async () => {
    const stage = await answered();
    stage.beeps(300);
    await stage.run(400);
    expect(stage.ends).toEqual([expect.objectContaining({ reason: 'voicemail', answeredBy: 'machine' })]);
  });

  it('is left its message after the beep, whole, and then the call ends', async () => {
    const stage = await answered({ settings: { voicemailMessage: 'Please call us back.' } });
    stage.speaks(4000);
    await stage.run(3000);
    stage.words?.interim(GREETING);
    await stage.run(1100);
    const before = stage.line.text;
    stage.beeps(400);
    await stage.run(400);
    expect(stage.line.text).toBe(before);
    stage.speaks(0);
    await stage.run(2000);
    expect(stage.line.text).toBe(`${before}Please call us back.`);
    expect(stage.ends).toEqual([expect.objectContaining({ reason: 'voicemail', answeredBy: 'machine' })]);
  });

  it('that asks for a name is told it, and given up after 20 s', async () => {
    const stage = await answered({ settings: { silenceSeconds: 60 } });
    await stage.run(1000);
    stage.speaks(2000);
    await stage.run(2000);
    stage.words?.final('Please state your name and I will see if this person is available');
    await stage.run(1000);
    expect(stage.line.text).toBe('Hello from Ada.Hello from Ada.');
    await stage.run(17_000);
    expect(stage.ends).toEqual([]);
    await stage.run(3000);
    expect(stage.ends).toEqual([expect.objectContaining({ reason: 'voicemail', answeredBy: 'machine' })]);
  });
});
