import { spawn, type ChildProcess, type Serializable } from 'node:child_process';
import { createInterface } from 'node:readline';

import { KulningError } from '@kulning/sdk';

import type { Clock } from '../core/clock.ts';
import type { Logger } from '../platform/log/logger.ts';
import type { FromChild } from './messages.ts';
import { upWords } from './up-words.ts';

export interface ChildSpec {
  readonly name: string;
  readonly script: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How long it may take to end after SIGTERM before it is killed. */
  readonly drainMs: number;
  readonly onMessage: (message: unknown) => void;
  /** It ended: what it was asked and has not answered is lost. */
  readonly onEnd?: () => void;
}

export interface SupervisedProcess {
  /** Resolves when the child first says that it is ready; rejects, with its own words if it left some, when it ends before that. */
  readonly ready: Promise<void>;
  readonly pid: () => number | undefined;
  readonly restarts: () => number;
  /** @returns false when there is no process to hear it now */
  send(message: Serializable): boolean;
  stop(): Promise<void>;
}

/** How long a first start may fail for a reason that passes by itself. */
const patienceMs = 60_000;

/** Restarts wait 0.2 s, doubling to 10 s; a minute of health starts the count again. */
const backoff = { firstMs: 200, mostMs: 10_000, healthyMs: 60_000 };

/**
 * Keeps one child process alive. Its output lines pass into this process's log stream as they are; `{ ready: true }`
 * over IPC makes it ready. A child whose parent dies sees its IPC channel close, and ends itself.
 */
export function superviseProcess(
  spec: ChildSpec,
  log: Logger,
  clock: Clock,
  write: (line: string) => void,
): SupervisedProcess {
  let child: ChildProcess | undefined;
  let stopping = false;
  let restarts = 0;
  let delayMs = backoff.firstMs;
  let timer: NodeJS.Timeout | undefined;
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  ready.catch(() => undefined); // a failed start is reported by whoever awaits it; nobody need

  const firstStartedAt = clock.now();
  const start = () => {
    const startedAt = clock.now();
    let failure: KulningError | undefined;
    const running = spawnChild(spec, write);
    child = running;
    running.on('message', (message) => {
      if (isReady(message)) resolve();
      if (isFailed(message)) failure = new KulningError(message.failed);
      spec.onMessage(message);
    });
    running.on('error', (cause) => log.error('process.failed', cause, { process: spec.name }));
    running.on('exit', (code, signal) => {
      spec.onEnd?.();
      if (stopping) return;
      if (clock.now() - startedAt > backoff.healthyMs) delayMs = backoff.firstMs;
      log.warn('process.ended', { process: spec.name, code, signal, restartInMs: delayMs });
      // A database that is on its way back is waited for; everything else is a reason to say so now.
      const passes = failure?.retryable === true && clock.now() - firstStartedAt < patienceMs;
      if (!passes) reject(failure ?? endedEarly(spec.name, String(code ?? signal)));
      restarts += 1;
      timer = setTimeout(start, delayMs);
      delayMs = Math.min(delayMs * 2, backoff.mostMs);
    });
  };
  start();

  return {
    ready,
    pid: () => child?.pid,
    restarts: () => restarts,
    send: (message) => {
      if (child?.connected !== true) return false;
      // A failure to send is the end of the child, and is told as that.
      child.send(message, () => undefined);
      return true;
    },
    stop: async () => {
      stopping = true;
      clearTimeout(timer);
      if (child) await endProcess(child, spec.drainMs);
    },
  };
}

function endedEarly(part: string, how: string): KulningError {
  return new KulningError({ code: 'up.failed', status: 500, text: upWords.partEnded(part, how) });
}

function spawnChild({ script, args, env }: ChildSpec, write: (line: string) => void): ChildProcess {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  for (const stream of [child.stdout, child.stderr])
    if (stream) createInterface({ input: stream }).on('line', (line) => write(`${line}\n`));
  return child;
}

async function endProcess(child: ChildProcess, drainMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), drainMs);
  await ended;
  clearTimeout(kill);
}

function isReady(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'ready' in message;
}

function isFailed(message: unknown): message is Extract<FromChild, { failed: unknown }> {
  return typeof message === 'object' && message !== null && 'failed' in message;
}
