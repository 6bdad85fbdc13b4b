import { BesideRaw } from './beside-raw.js';
import { Measurement } from './load.js';
import { Overload } from './overload.js';

/** A ratio that the project promises. */
export interface Promised {
  name: string;
  value: number;
  /** The same of the floor, where it has such a thing. */
  floor?: number;
  atLeast?: number;
  atMost?: number;
  unit: string;
}

/** What one run on one database found. */
export interface DatabaseReport {
  database: string;
  bootSeconds: number;
  memoryMb: number;
  besideRaw: BesideRaw;
  floor: BesideRaw;
  measurements: Measurement[];
  overload: Overload;
  promised: Promised[];
}

/** Each figure is measured in one run with its floor: a server that does only what cannot be left out. */
function besideFloor({ besideRaw, floor }: Omit<DatabaseReport, 'promised'>): Promised[] {
  return [
    {
      name: 'login / raw hashes',
      value: besideRaw.loginsPerRawHash,
      floor: floor.loginsPerRawHash,
      atLeast: 0.85,
      unit: '',
    },
    {
      name: 'CPU of a login beyond its hash',
      value: besideRaw.loginCpuBeyondHashMs,
      floor: floor.loginCpuBeyondHashMs,
      atMost: 1.5,
      unit: 'ms',
    },
    {
      name: 'guarded GET / bare Fastify route',
      value: besideRaw.guardedGetsPerRawGet,
      floor: floor.guardedGetsPerRawGet,
      atLeast: 0.6,
      unit: '',
    },
    {
      name: 'refresh / bare committed write',
      value: besideRaw.refreshesPerRawWrite,
      floor: floor.refreshesPerRawWrite,
      atLeast: 0.4,
      unit: '',
    },
  ];
}

/** What is promised of the measured figures. */
export function promisedRatios(report: Omit<DatabaseReport, 'promised'>): Promised[] {
  return [
    ...besideFloor(report),
    {
      name: 'logins done at ten times the load / best',
      value: report.overload.donePerBest,
      atLeast: 0.9,
      unit: '',
    },
    { name: 'boot', value: report.bootSeconds, atMost: 1.5, unit: 's' },
    { name: 'memory after the run', value: report.memoryMb, atMost: 180, unit: 'MB' },
  ];
}

function table(rows: string[][]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  '))
    .join('\n');
}

function overloadAsText({ statuses, guardedP99Ms, healthP99Ms, memoryMb }: Overload): string {
  const answers = Object.entries(statuses).map(([status, count]) => `${count} × ${status}`);
  const ms = (p99: { calm: number; overloaded: number }) => `${p99.calm.toFixed(0)} → ${p99.overloaded.toFixed(0)} ms`;
  return [
    'ten times too many logins: ' + answers.join(', '),
    `  p99 from calm to overload: guarded GET ${ms(guardedP99Ms)}, health ${ms(healthP99Ms)}`,
    `  memory ${memoryMb.before.toFixed(0)} → ${memoryMb.after.toFixed(0)} MB`,
  ].join('\n');
}

/** The report as text. */
export function asText({ database, measurements, besideRaw: { raw }, overload, promised }: DatabaseReport): string {
  const rows = measurements.map((one) => [
    one.name,
    one.perSecond.toFixed(0),
    one.p50Ms.toFixed(1),
    one.p99Ms.toFixed(1),
    one.cpuMs.toFixed(2),
    String(one.failures),
  ]);
  const limits = [
    ['raw limit', 'per second'],
    ['argon2 hashes', raw.hashesPerSecond.toFixed(0)],
    ['bare Fastify route', raw.getsPerSecond.toFixed(0)],
    ['bare committed write', raw.writesPerSecond.toFixed(0)],
  ];
  const ratios = promised.map(({ name, value, floor, atLeast, atMost, unit }) => {
    const bound = atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`;
    const kept = atLeast === undefined ? value <= (atMost ?? Infinity) : value >= atLeast;
    const figure = (of: number) => `${of.toFixed(2)} ${unit}`.trim();
    return [
      name,
      figure(value),
      floor === undefined ? '' : figure(floor),
      `${bound} ${unit}`.trim(),
      kept ? 'kept' : 'MISSED',
    ];
  });
  return [
    `\n== ${database} ==`,
    table([['operation', 'per second', 'p50 ms', 'p99 ms', 'CPU ms', 'failures'], ...rows]),
    table(limits),
    overloadAsText(overload),
    table([['ratio', 'measured', 'floor', 'promised', ''], ...ratios]),
  ].join('\n\n');
}
