import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the machine was doing besides, before a part of a run. */
export interface Quiet {
  readonly load1: number;
  /** Share of all cores that others used in the half second in which this run did nothing. */
  readonly othersShare: number;
}

/** Above this share of the machine in others' hands, clocks say little; CPU time still does. */
export const quietShare = 0.05;

export async function listen(): Promise<Quiet> {
  const before = ticks();
  await sleep(500);
  const after = ticks();
  const total = after.total - before.total;
  const [load1 = 0] = loadavg();
  return { load1, othersShare: total === 0 ? 0 : 1 - (after.idle - before.idle) / total };
}

/** Of all cores since boot, from the first line of /proc/stat: user nice system idle iowait irq softirq steal. */
function ticks(): { total: number; idle: number } {
  const line = readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '';
  const fields = line.trim().split(/\s+/).slice(1, 9).map(Number);
  const total = fields.reduce((sum, each) => sum + each, 0);
  return { total, idle: (fields[3] ?? 0) + (fields[4] ?? 0) };
}

export function machineWords(): string {
  return `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${availableParallelism()} cores, Node ${process.version}`;
}
