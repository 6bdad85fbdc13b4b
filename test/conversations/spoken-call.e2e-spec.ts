import { says, Stage } from './stage.js';

async function talking(answer: string): Promise<Stage> {
  const stage = await Stage.open({ hasRecognizer: true });
  await stage.answer();
  await stage.run(1000);
  stage.answers.push(says(answer));
  stage.conversation.typed('Go on.');
  await stage.run(200);
  return stage;
}

const LONG = 'This is a long answer that goes on and on for quite a while.';

describe('Turns of the person', () => {
  it('end 500 ms after the voice stopped when the words sound finished, else after 1,200 ms', async () => {
    for (const [words, latestMs] of [
      ['I want to order a pizza.', 500],
      ['I want to order a', 1200],
    ] as const) {
      const stage = await Stage.open({ hasRecognizer: true });
      await stage.answer();
      await stage.run(1000);
      stage.speaks(1000);
      await stage.run(1000);
      stage.words?.final(words);
      const stopMs = 300 + latestMs;
      await stage.run(stopMs - 100);
      expect(stage.requests).toHaveLength(0);
      await stage.run(300);
      expect(stage.requests).toHaveLength(1);
      expect(stage.said).toContainEqual(expect.objectContaining({ role: 'person', text: words }));
    }
  });

  it('without a recognizer are told by their length', async () => {
    const stage = await Stage.open();
    await stage.answer();
    await stage.run(1000);
    stage.speaks(1800);
    await stage.run(4000);
    expect(stage.said[1]).toMatchObject({ role: 'person', text: expect.stringMatching(/^\[speech 1\.[6-9] s\]$/) });
    expect(stage.requests).toHaveLength(1);
  });

  it('of which nothing was understood are asked for again', async () => {
    const stage = await Stage.open({ hasRecognizer: true });
    await stage.answer();
    await stage.run(1000);
    stage.speaks(1200);
    await stage.run(6000);
    expect(stage.line.text).toContain("Sorry, I didn't catch that.");
    expect(stage.requests).toHaveLength(0);
  });
});

describe('A barge-in', () => {
  it('silences the agent within 60 ms of 350 ms of voice, and the model is told what was heard, cut at a word', async () => {
    const stage = await talking(LONG);
    const from = stage.timers.now();
    stage.speaks(2000);
    await stage.run(600);
    const silentAt = stage.line.lastHeardAt ?? 0;
    expect(silentAt - from).toBeLessThanOrEqual(350 + 60 + 60);
    stage.words?.interim('wait a moment');
    await stage.run(2000);
    stage.words?.final('Wait a moment.');
    await stage.run(1500);
    const heard = stage.line.text.slice('Hello from Ada.'.length);
    const told = stage.requests[1].messages.at(-2)?.content ?? '';
    expect(told).toMatch(/^This .*—$/);
    expect(LONG.startsWith(told.slice(0, -1))).toBe(true);
    expect(heard.startsWith(told.slice(0, -1))).toBe(true);
    const cut = stage.said.find(({ interrupted }) => interrupted);
    expect(cut).toMatchObject({ role: 'agent', text: told.slice(0, -1) });
    expect(Math.abs((cut?.endMs ?? 0) - silentAt)).toBeLessThanOrEqual(60);
  });

  it('without words goes on from where it was cut, and nothing is lost', async () => {
    const stage = await talking(LONG);
    stage.speaks(500);
    await stage.run(900);
    const cutAt = stage.line.heard.length;
    await stage.run(1000);
    expect(stage.line.heard).toHaveLength(cutAt);
    await stage.run(6000);
    expect(stage.line.heard).toHaveLength(800 * ('Hello from Ada.'.length + LONG.length));
    expect(stage.said).toContainEqual(expect.objectContaining({ role: 'agent', text: LONG }));
  });

  it('of a mere sign of listening lets the agent speak on', async () => {
    const stage = await talking(LONG);
    stage.speaks(240);
    await stage.run(300);
    stage.words?.final('uh-huh');
    await stage.run(5000);
    expect(stage.requests).toHaveLength(1);
    expect(stage.said).toContainEqual(expect.objectContaining({ role: 'agent', text: LONG }));
  });
});
