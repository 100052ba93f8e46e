import { readFileSync } from 'node:fs';

/**
 * A process as `pid-start`, where start is in clock ticks since boot (proc(5), field 22): a pid alone may have been
 * given to another program since.
 */
function processIdentity(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses and may hold spaces; the rest starts with field 3.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, started] = [fields[0], fields[19]];
    return state === 'Z' || started === undefined ? undefined : `${pid}-${started}`;
  } catch {
    // No such process, which is the answer.
    return undefined;
  }
}

export function ownIdentity(): string {
  return processIdentity(process.pid) ?? `${process.pid}-0`;
}

export function isAlive(identity: string): boolean {
  return processIdentity(Number.parseInt(identity, 10)) === identity;
}
