import { says, Stage, uses } from './stage.js';

const entry = (role: string, text: string, more: object = {}) => expect.objectContaining({ role, text, ...more });

describe('A conversation with typed words', () => {
  it('greets within 150 ms of the answer with a greeting that was made while it rang', async () => {
    const stage = await Stage.open({ settings: { disclosure: 'This is an automated assistant.' } });
    await stage.answer();
    expect(stage.line.heard).toEqual([]);
    await stage.run(4000);
    expect(stage.line.heard[0].at).toBeLessThanOrEqual(150);
    expect(stage.line.text).toBe('This is an automated assistant.Hello from Ada.');
    expect(stage.said).toEqual([entry('agent', 'This is an automated assistant. Hello from Ada.', { startMs: 0 })]);
  });

  it('of a recorded call tells the person so before the greeting, and recording begins when that was heard', async () => {
    const stage = await Stage.open({ settings: { disclosure: 'An assistant.', isRecorded: true } });
    await stage.answer();
    await stage.run(4000);
    expect(stage.line.text).toBe('An assistant.This call is recorded.Hello from Ada.');
    // 50 ms a character: 13 and 22 of them.
    expect(stage.announcedAt).toEqual([expect.closeTo(35 * 50, -2)]);
  });

  it('of a recorded call says that again to whoever types before it was heard', async () => {
    const stage = await Stage.open({ settings: { disclosure: 'An assistant.', isRecorded: true } });
    await stage.answer();
    await stage.run(1000);
    stage.answers.push(says('It is Tuesday.'));
    stage.conversation.typed('Which day is it?');
    expect(stage.announcedAt).toEqual([]);
    await stage.run(4000);
    expect(stage.line.text).toMatch(/^An assistant\.This[^.]*This call is recorded\.It is Tuesday\.$/);
    expect(stage.announcedAt).toHaveLength(1);
  });

  it('of a recorded call lets no voice stop it before the person has heard that', async () => {
    const stage = await Stage.open({ settings: { disclosure: 'An assistant.', isRecorded: true } });
    await stage.answer();
    await stage.run(600);
    stage.speaks(1100);
    await stage.run(4000);
    expect(stage.line.text).toMatch(/^An assistant\.This call is recorded\./);
    expect(stage.announcedAt).toEqual([expect.closeTo(35 * 50, -2)]);
  });

  it('answers typed words sentence by sentence, and the model knows what was said before', async () => {
    const stage = await Stage.open();
    await stage.answer();
    await stage.run(1000);
    stage.answers.push(says('It is **Tuesday**. Anything else? 🙂'));
    stage.conversation.typed('Which day is it?');
    await stage.run(3000);
    expect(stage.line.text).toBe('Hello from Ada.It is Tuesday.Anything else?');
    expect(stage.requests[0].messages).toEqual([
      { role: 'system', content: expect.stringContaining('Be kind.') },
      { role: 'assistant', content: 'Hello from Ada.' },
      { role: 'user', content: 'Which day is it?' },
    ]);
    expect(stage.said.slice(1)).toEqual([
      entry('person', 'Which day is it?'),
      entry('agent', 'It is **Tuesday**. Anything else?'),
    ]);
    // One step of the stage: nothing is waited for.
    expect(stage.turns).toEqual([{ totalMs: 20, speechToTextMs: null, languageModelMs: 0, textToSpeechMs: 0 }]);
  });

  it('hangs up 300 ms after the goodbye was heard to its end', async () => {
    const stage = await Stage.open();
    await stage.answer();
    await stage.run(1000);
    stage.answers.push(uses('end_call', { reason: 'done' }, 'Goodbye then.'));
    stage.conversation.typed('That was all.');
    await stage.run(400);
    stage.speaks(600);
    await stage.run(2000);
    expect(stage.line.text).toBe('Hello from Ada.Goodbye then.');
    expect(stage.ends).toEqual([expect.objectContaining({ reason: 'agent-hung-up', answeredBy: 'human' })]);
  });

  it('does not hang up on a question: the model is told to answer first', async () => {
    const stage = await Stage.open();
    await stage.answer();
    await stage.run(1000);
    stage.answers.push(uses('end_call', { reason: 'done' }), says('At nine.'));
    stage.conversation.typed('When do you open?');
    await stage.run(2000);
    expect(stage.line.text).toContain('At nine.');
    expect(stage.ends).toEqual([]);
    expect(stage.requests[1].messages.at(-1)).toMatchObject({
      role: 'tool',
      content: expect.stringMatching(/^Not done/),
    });
  });

  it('asks after 3.5 s of silence whether somebody is there, and ends 6 s after that', async () => {
    const stage = await Stage.open();
    await stage.answer();
    await stage.run(4500);
    expect(stage.line.text).toMatch(/Ada\.Are/);
    await stage.run(1000);
    const askedAt = stage.line.lastHeardAt ?? 0;
    await stage.run(askedAt + 5900 - stage.timers.now());
    expect(stage.ends).toEqual([]);
    await stage.run(300);
    expect(stage.ends).toEqual([expect.objectContaining({ reason: 'silence' })]);
    // Nobody waited for an answer: there is nothing to measure, in the form of any other call.
    expect(stage.ends[0].latency.turnMs).toEqual({ p50: null, p95: null, max: null });
  });

  it('ends at its longest time, whatever is being said', async () => {
    const stage = await Stage.open({ settings: { maxSeconds: 2, greeting: 'word '.repeat(40) } });
    await stage.answer();
    await stage.run(2100);
    expect(stage.ends).toEqual([expect.objectContaining({ reason: 'max-duration' })]);
  });

  it('shows pressed keys in the transcript as stars, and tells them to the model', async () => {
    const stage = await Stage.open();
    await stage.answer();
    await stage.run(1000);
    for (const digit of '42#') stage.conversation.digit(digit);
    await stage.run(500);
    expect(stage.said).toContainEqual(entry('person', '[pressed ***]'));
    expect(stage.requests[0].messages.at(-1)).toEqual({ role: 'user', content: '[pressed 42#]' });
  });

  it('hides the number of a card from the transcript and the model', async () => {
    const stage = await Stage.open();
    await stage.answer();
    await stage.run(1000);
    stage.conversation.typed('It is 4111 1111 1111 1111 you see');
    await stage.run(500);
    expect(stage.said).toContainEqual(entry('person', 'It is **** you see'));
    expect(JSON.stringify(stage.requests)).not.toContain('1111');
  });
});

describe('A conversation whose providers fail', () => {
  it('says a filler after 1.2 s, a second after 5 s, and gives the call up after 10 s', async () => {
    const stage = await Stage.open();
    await stage.answer();
    await stage.run(1000);
    stage.answers.push(says('Too late.', 60_000));
    stage.conversation.typed('Hello?');
    await stage.run(16_000);
    expect(stage.line.text).toMatch(
      /One moment\.I am still working on it\.I am sorry, I cannot go on right now\. Goodbye\.$/,
    );
    expect(stage.ends).toEqual([expect.objectContaining({ reason: 'language-model-unavailable' })]);
  });

  it('asks the person again when the model fails once, and ends when it fails twice', async () => {
    const stage = await Stage.open();
    const fails = async function* () {
      yield* [];
      throw new Error('model away');
    };
    stage.answers.push(fails, fails);
    await stage.answer();
    await stage.run(1000);
    stage.conversation.typed('Hello there.');
    await stage.run(2500);
    expect(stage.line.text).toContain('Sorry, could you say that again?');
    stage.conversation.typed('Hello there.');
    await stage.run(5000);
    expect(stage.ends).toEqual([expect.objectContaining({ reason: 'language-model-unavailable' })]);
  });

  it('ends when the synthesizer gives no sound, twice', async () => {
    let asked = 0;
    const synthesizer = {
      name: 'mute',
      async *speak() {
        asked += 1;
        yield new Int16Array(16_000);
      },
    };
    const stage = await Stage.open({ synthesizer });
    await stage.answer();
    await stage.run(200);
    expect({ asked, ends: stage.ends }).toEqual({
      asked: 2,
      ends: [expect.objectContaining({ reason: 'speech-unavailable' })],
    });
  });
});
