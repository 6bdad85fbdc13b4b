import { ProviderError } from '../../src/common/provider-error.js';
import { SpeechRequest } from '../../src/speech/synthesis/speech-synthesizer.js';
import { says, Stage } from './stage.js';

const AWAY = new ProviderError('unavailable', 'it cannot be reached');

async function answered(): Promise<Stage> {
  const stage = await Stage.open({ hasRecognizer: true });
  await stage.answer();
  await stage.run(1000);
  return stage;
}

describe('A recognizer', () => {
  it('that hears ten seconds of voice and tells no word is opened anew, and heard again', async () => {
    const stage = await answered();
    // Only people type: it is no machine that talks and talks.
    stage.conversation.typed('Hi.');
    await stage.run(1000);
    stage.speaks(15_000);
    await stage.run(9000);
    expect(stage.openings).toBe(1);
    await stage.run(6000);
    expect(stage.openings).toBe(2);
    stage.words?.final('Can you hear me?');
    await stage.run(1000);
    expect(stage.said).toContainEqual(expect.objectContaining({ role: 'person', text: 'Can you hear me?' }));
    expect(stage.requests).toHaveLength(2);
  });

  it('that fails is opened anew three times; after that turns are told by their length, and answered', async () => {
    const stage = await answered();
    for (let i = 1; i <= 4; i += 1) {
      expect(stage.openings).toBe(i);
      stage.words?.failed(AWAY);
    }
    expect(stage.openings).toBe(4);
    stage.speaks(1800);
    await stage.run(4000);
    expect(stage.said.at(1)).toMatchObject({ role: 'person', text: expect.stringMatching(/^\[speech 1\.\d s\]$/) });
    expect(stage.requests).toHaveLength(1);
    expect(stage.line.text).not.toContain("didn't catch");
  });

  it('that failed for good leaves the person able to cut in', async () => {
    const stage = await answered();
    for (let i = 1; i <= 4; i += 1) stage.words?.failed(AWAY);
    stage.answers.push(says('This is a long answer that goes on and on for quite a while.'));
    stage.conversation.typed('Go on.');
    await stage.run(200);
    stage.speaks(1500);
    await stage.run(4000);
    expect(stage.said).toContainEqual(expect.objectContaining({ role: 'agent', interrupted: true }));
    expect(stage.requests).toHaveLength(2);
  });
});

describe('A synthesizer', () => {
  /** 50 ms of sound for each character; breaks off in a sentence that says so, and is away for one that says that. */
  const synthesizer = {
    name: 'breaks',
    async *speak({ text }: SpeechRequest) {
      if (text.includes('away')) throw AWAY;
      const sound = new Int16Array(800 * text.length).fill(5000);
      yield sound.subarray(0, text.includes('breaks') ? sound.length / 2 : sound.length);
      if (text.includes('breaks')) throw new ProviderError('cut-off', 'the sound broke off');
    },
  };

  it('that fails in the middle of a sentence goes on with the next, and no word is spoken twice', async () => {
    const stage = await Stage.open({ synthesizer });
    await stage.answer();
    await stage.run(1000);
    const before = stage.line.heard.length;
    stage.answers.push(says('This one breaks off. That one is whole.'));
    stage.conversation.typed('Hello.');
    await stage.run(3000);
    const heard = stage.line.heard.length - before;
    expect(heard).toBe(800 * ('This one breaks off.'.length / 2 + 'That one is whole.'.length));
    expect(stage.ends).toEqual([]);
  });

  it('that is away for a whole sentence ends the call', async () => {
    const stage = await Stage.open({ synthesizer });
    await stage.answer();
    await stage.run(1000);
    stage.answers.push(says('Now it is away.'));
    stage.conversation.typed('Hello.');
    await stage.run(1000);
    expect(stage.ends).toEqual([expect.objectContaining({ reason: 'speech-unavailable' })]);
  });
});
