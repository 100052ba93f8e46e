import { expect, test } from 'vitest';

import { createLogger, silentLogger } from './platform/log/logger.ts';
import { startTasks } from './tasks.ts';

const hourMs = 3_600_000;

test('stopping waits for the turn under way and for nothing else', async () => {
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
  let turns = 0;
  const tasks = startTasks(
    [
      { name: 'waiting', everyMs: hourMs, run: () => Promise.resolve() },
      {
        name: 'working',
        everyMs: hourMs,
        run: async () => {
          begin();
          await held;
          turns += 1;
        },
      },
    ],
    silentLogger,
  );
  await begun;
  const stopped = tasks.stop();
  letGo();
  await stopped;
  expect(turns).toBe(1);
});

test('a turn that fails is logged, counted and followed by the next', async () => {
  const lines: string[] = [];
  const seen: string[] = [];
  const { promise: again, resolve } = Promise.withResolvers<void>();
  let turns = 0;
  const tasks = startTasks(
    [
      {
        name: 'uneven',
        everyMs: 1,
        run: () => {
          turns += 1;
          if (turns === 1) return Promise.reject(new Error('once'));
          resolve();
          return Promise.resolve();
        },
      },
    ],
    createLogger(
      (line) => lines.push(line),
      () => 0,
    ),
    (task, outcome) => seen.push(`${task} ${outcome}`),
  );
  await again;
  await tasks.stop();
  expect(seen.slice(0, 2)).toEqual(['uneven failed', 'uneven done']);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('"task":"uneven"');
});
