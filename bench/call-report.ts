import { loadavg } from 'node:os';
import { type Lateness, quantile } from './lateness.js';
import type { CallTimes } from './load-call.js';

/** What one run found. */
export interface CallRun {
  calls: number;
  times: CallTimes;
  /** Cores that the server used. */
  cores: number;
  memoryMb: number;
  /** How late the timers were of a process that does nothing, and of the one that played the phones. */
  floor: Lateness;
  client: Lateness;
  /** Means of the stages of a turn by the service's own count, milliseconds. */
  stages: Record<string, number>;
  frames: { sent: number; late: number };
  ended: Map<string, number>;
  lost: number;
}

const ms = (value: number): string => `${value.toFixed(0)} ms`;
const percent = (value: number): string => `${(100 * value).toFixed(2)} %`;

function line(name: string, measured: string, aim: string, isReached: boolean): string {
  return `${name.padEnd(46)}${measured.padEnd(30)}${aim.padEnd(12)}${isReached ? 'reached' : 'MISSED'}\n`;
}

function quantiles(values: number[]): string {
  return `p50 ${ms(quantile(values, 0.5))}, p95 ${ms(quantile(values, 0.95))} (${values.length})`;
}

/** The figures beside their aims, and what limits them. */
export function callReport(run: CallRun, database: string, providersMs: number): string {
  const { times, frames, floor, client, calls } = run;
  const overhead = times.turn.map((milliseconds) => milliseconds - providersMs);
  const late = frames.late / frames.sent;
  const failed = calls - (run.ended.get('completed, person-hung-up') ?? 0);
  const limit = (name: string, { p50, p95, over20Ms }: Lateness) =>
    `${name.padEnd(46)}p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, over 20 ms ${percent(over20Ms)}\n`;
  const reaches = (values: number[], aim: number) => quantile(values, 0.95) <= aim;
  return [
    `${calls} calls at once, recorded, microphones open, ${database}; providers take ${providersMs} ms a turn\n\n`,
    line('Turn, less what providers take', quantiles(overhead), '≤ 50 ms', reaches(overhead, 50)),
    line('Answer to the first sound', quantiles(times.greeting), '≤ 150 ms', reaches(times.greeting, 150)),
    line('Voice that cuts in, to silence', quantiles(times.bargeIn), '≤ 60 ms', reaches(times.bargeIn, 60)),
    line('Frames sent more than 20 ms late', `${percent(late)} of ${frames.sent}`, '< 1 %', late < 0.01),
    line('Calls that failed', `${failed}, and ${run.lost} cut off`, '0', failed + run.lost === 0),
    [...run.ended].map(([outcome, count]) => `  ${count} ${outcome}\n`).join(''),
    `\nServer: ${run.cores.toFixed(2)} cores, ${((1000 * run.cores) / calls).toFixed(1)} ms of CPU a second a call, `,
    `${(run.memoryMb / calls).toFixed(2)} MB a call\nStages of a turn by its own count, on average: `,
    `${Object.entries(run.stages)
      .map(([stage, value]) => `${stage} ${ms(value)}`)
      .join(
        ', ',
      )}\n\nWhat limits it: ${loadavg()[0].toFixed(1)} processes wanted to run in the last minute; how late timers are\n`,
    limit('  of a process that does nothing', floor),
    limit('  of the process that plays the phones', client),
  ].join('');
}
