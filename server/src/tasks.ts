import type { Logger } from './platform/log/logger.ts';

export interface Task {
  readonly name: string;
  readonly everyMs: number;
  run(signal: AbortSignal): Promise<unknown>;
}

/** Runs each task now and then again, never twice at once; a failure is logged and the next turn tries again. */
export function startTasks(tasks: readonly Task[], log: Logger): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const turns = tasks.map((task) => turn(task, log, stopping.signal));
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(turns);
    },
  };
}

async function turn(task: Task, log: Logger, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await task.run(signal).catch((cause: unknown) => log.error('task.failed', cause, { task: task.name }));
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, task.everyMs);
      signal.addEventListener('abort', done, { once: true });
      function done() {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      }
    });
  }
}
