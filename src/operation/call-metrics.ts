import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { CallFigures, CallsUnderWay } from '../calls/call-figures.js';
import { ACTIVE_STATUSES } from '../calls/call-status.js';

const TURN_BUCKETS = [0.02, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 3, 5, 10];

/** What only the database knows: calls that are not over, and how long the queue's head has waited. */
function addUnderWay(registers: Registry[], ask: () => Promise<CallsUnderWay | undefined>): void {
  let asked: Promise<CallsUnderWay | undefined> | undefined;
  // Both figures come of one question; Prometheus reads them in this order.
  const calls = new Gauge({
    name: 'calls',
    help: 'Calls of all instances that are not over, by status.',
    labelNames: ['status'],
    registers,
    collect: async () => {
      const found = await (asked ??= ask());
      calls.reset();
      if (!found) return;
      for (const status of ['queued', ...ACTIVE_STATUSES] as const) {
        calls.set({ status }, found.byStatus.get(status) ?? 0);
      }
    },
  });
  const age: Gauge = new Gauge({
    name: 'call_queue_age_seconds',
    help: 'How long the call that waits longest has waited.',
    registers,
    collect: async () => {
      const found = await (asked ??= ask());
      asked = undefined;
      age.set(found?.queueAgeSeconds ?? NaN);
    },
  });
}

function addCounters(registers: Registry[], figures: CallFigures): void {
  const ended = new Counter({
    name: 'calls_ended_total',
    help: 'Calls that this instance ended, by status.',
    labelNames: ['status'],
    registers,
    collect: () => {
      ended.reset();
      for (const [status, count] of figures.ended) ended.inc({ status }, count);
    },
  });
  const recordings = new Counter({
    name: 'call_recordings_total',
    help: 'Recordings that this instance made, by what became of them; only `whole` ones are as they should be.',
    labelNames: ['outcome'],
    registers,
    collect: () => {
      recordings.reset();
      for (const [outcome, count] of figures.recordings) recordings.inc({ outcome }, count);
    },
  });
  for (const which of ['sent', 'late'] as const) {
    const frames: Counter = new Counter({
      name: `call_frames_${which}_total`,
      help: which === 'sent' ? 'Frames of sound sent to phones.' : 'Of these, frames sent more than 20 ms late.',
      registers,
      collect: () => {
        frames.reset();
        frames.inc(figures.frames[which]);
      },
    });
  }
}

/** Adds the figures of calls. `ask` resolves to undefined when the database does not answer. */
export function addCallMetrics(
  registry: Registry,
  figures: CallFigures,
  ask: <Answer>(question: () => Promise<Answer>) => Promise<Answer | undefined>,
): void {
  const registers = [registry];
  addUnderWay(registers, () => ask(() => figures.underWay()));
  addCounters(registers, figures);
  const turns = new Histogram({
    name: 'call_turn_seconds',
    help: 'End of a turn to the first sound of its answer, and the stages of that.',
    labelNames: ['stage'],
    buckets: TURN_BUCKETS,
    registers,
  });
  const greetings = new Histogram({
    name: 'call_answer_to_speech_seconds',
    help: 'Answer of a call to the first sound of its agent.',
    buckets: TURN_BUCKETS,
    registers,
  });
  figures.watch(
    ({ totalMs, speechToTextMs, languageModelMs, textToSpeechMs }) => {
      const stages = { total: totalMs, speech_to_text: speechToTextMs, language_model: languageModelMs };
      for (const [stage, milliseconds] of Object.entries({ ...stages, text_to_speech: textToSpeechMs })) {
        if (milliseconds !== null) turns.observe({ stage }, milliseconds / 1000);
      }
    },
    (milliseconds) => greetings.observe(milliseconds / 1000),
  );
}
