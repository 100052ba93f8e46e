import { setTimeout as sleep } from 'node:timers/promises';

import type { Logger } from './platform/log/logger.ts';

export interface Task {
  readonly name: string;
  readonly everyMs: number;
  run(signal: AbortSignal): Promise<unknown>;
}

/** Hears how each turn of a task went. */
export type TaskObserver = (task: string, outcome: 'done' | 'failed') => void;

/** Runs each task now and then again, never twice at once; a failure is logged and the next turn tries again. */
export function startTasks(
  tasks: readonly Task[],
  log: Logger,
  observe: TaskObserver = () => undefined,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const turns = tasks.map((task) => repeat(task, log, observe, stopping.signal));
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(turns);
    },
  };
}

async function repeat(task: Task, log: Logger, observe: TaskObserver, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await task.run(signal);
      observe(task.name, 'done');
    } catch (cause) {
      // What was cut off because the process stops has not failed.
      if (signal.aborted) return;
      log.error('task.failed', cause, { task: task.name });
      observe(task.name, 'failed');
    }
    await pause(task.everyMs, signal);
  }
}

/** Sleeps, or returns early when aborted, also when that happened before. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
