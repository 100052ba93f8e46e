// How long the whole product takes to be ready, on an empty home and again on the same, and what each process holds at
// rest: real processes, a real PostgreSQL, the shipped model. PSS shares what processes have in common between them,
// so that it can be added up; RSS counts it in each.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { startInstance } from '../server/test/instance.ts';
import { type Figure, report } from './figure.ts';

const startPromiseS = { first: 90, later: 5 };
const memoryPromiseMb = 400;
const settledMs = 15_000;

interface Memory {
  readonly rssMb: number;
  readonly pssMb: number;
}

const first = await startInstance();
await first.stop();
const later = await startInstance({ on: first });
await sleep(settledMs);
const processes: readonly (readonly [string, readonly number[]])[] = (
  ['supervisor', 'control', 'gateway', 'postgres', 'engine'] as const
).map((part) => {
  const pid = later.pid(part);
  if (pid === undefined) throw new Error(`there is no ${part}`);
  return [part, part === 'postgres' ? withChildren(pid) : [pid]];
});

console.log(`at rest, ${settledMs / 1000} s after the start    RSS MB   PSS MB`);
const figures: Figure[] = [];
let besidesEngineMb = 0;
for (const [part, pids] of processes) {
  const each = pids.map(memoryOf);
  const sum = (of: keyof Memory) => each.reduce((total, memory) => total + memory[of], 0);
  const name = pids.length > 1 ? `${part} (${pids.length} processes)` : part;
  console.log(name.padEnd(30), sum('rssMb').toFixed(0).padStart(8), sum('pssMb').toFixed(0).padStart(8));
  const beside = { what: 'RSS', value: sum('rssMb') };
  figures.push({ what: `memory at rest, PSS: ${name}`, value: sum('pssMb'), unit: 'MB', beside });
  if (part !== 'engine') besidesEngineMb += sum('pssMb');
}
await later.stop();
later.remove();

report([
  {
    what: 'first start, empty home, to ready',
    value: first.startMs / 1000,
    unit: 's',
    target: { atMost: startPromiseS.first },
  },
  {
    what: 'later start, to ready',
    value: later.startMs / 1000,
    unit: 's',
    target: { atMost: startPromiseS.later },
  },
  ...figures,
  {
    what: 'memory at rest, PSS: all but the engine',
    value: besidesEngineMb,
    unit: 'MB',
    target: { atMost: memoryPromiseMb },
  },
]);

function memoryOf(pid: number): Memory {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const megabytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]) / 1024;
  return { rssMb: megabytes('Rss'), pssMb: megabytes('Pss') };
}

function withChildren(pid: number): number[] {
  const parentOf = (entry: string) => {
    try {
      return Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${entry}/stat`, 'utf8'))?.[1]);
    } catch {
      return undefined; // it ended meanwhile
    }
  };
  const children = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && parentOf(entry) === pid);
  return [pid, ...children.map(Number)];
}
