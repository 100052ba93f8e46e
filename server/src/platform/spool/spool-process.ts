import { readFile } from 'node:fs/promises';

/**
 * Which process a spool belongs to, so that another can tell whether it still runs. A pid alone is used again; with
 * its start time (ticks since boot, proc(5) field 22) and the boot it is unique on a machine.
 */
export interface ProcessMark {
  readonly processId: string;
  readonly pid: number;
  readonly startTicks: string;
  readonly bootId: string;
}

export async function markOfThisProcess(processId: string): Promise<ProcessMark> {
  const startTicks = await startTicksOf(process.pid);
  if (startTicks === undefined) throw new Error('/proc does not show this process');
  return { processId, pid: process.pid, startTicks, bootId: await currentBootId() };
}

export async function isRunning(mark: ProcessMark): Promise<boolean> {
  return mark.bootId === (await currentBootId()) && mark.startTicks === (await startTicksOf(mark.pid));
}

/** The mark is the folder's name, so that there is never a folder without one. */
export const spoolFolderName = (mark: ProcessMark) =>
  [mark.processId, mark.pid, mark.startTicks, mark.bootId].join('~');

export function markOfFolder(name: string): ProcessMark | undefined {
  const found = /^(process_[0-9a-f]{32})~(\d+)~(\d+)~([0-9a-f-]{36})$/.exec(name);
  if (!found) return undefined;
  const [, processId = '', pid = '', startTicks = '', bootId = ''] = found;
  return { processId, pid: Number(pid), startTicks, bootId };
}

async function currentBootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'latin1')).trim();
}

/** Undefined: there is no such process, or it is a zombie that will never write again. */
async function startTicksOf(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
    // The command's name stands in parentheses and may itself hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
      return undefined;
    throw error;
  }
}
