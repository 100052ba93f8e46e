import { totalmem } from 'node:os';

/** For the database, control, gateway, the operating system and its file cache. */
const KEPT_SHARE = 0.1;
const KEPT_LEAST_BYTES = 1.5 * 2 ** 30;

/**
 * What engines of this machine may use together: its memory, or that of its container (cgroup), less what the rest
 * needs. Memory that is merely free at the moment says nothing: file cache gives way, and other engines come and go.
 */
export function engineMemoryBytes(totalBytes = totalmem(), limitBytes = process.constrainedMemory()): number {
  const there = limitBytes > 0 ? Math.min(totalBytes, limitBytes) : totalBytes;
  return Math.max(0, there - Math.max(KEPT_LEAST_BYTES, there * KEPT_SHARE));
}
