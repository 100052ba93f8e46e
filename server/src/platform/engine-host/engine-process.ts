import { fork, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';

import { asSaid, type Localized } from '@kulning/sdk';

import type { Clock } from '../../core/clock.ts';
import type { EngineCapabilities, EnginePhase, EngineSpec, EngineState } from '../../core/engine/engine.ts';
import type { Logger } from '../log/logger.ts';
import { childEnvironment, deathReason } from './child-process.ts';
import { engineHostWords } from './engine-host-words.ts';
import {
  ENGINE_VARIABLE,
  type ChildMessage,
  type DrainMessage,
  type EngineChildArguments,
} from './engine-child.ts';

export interface SupervisionTiming {
  /** A child that says nothing for so long is taken for stuck and killed. */
  readonly heartbeatTimeoutMs: number;
  readonly firstBackoffMs: number;
  readonly longestBackoffMs: number;
  /** An engine that stayed ready for so long starts over with its first back-off. */
  readonly stableAfterMs: number;
  /** Deaths in a row after which it is left alone, with its reason, until its specification changes. */
  readonly giveUpAfter: number;
  /** How long running answers may take when it is told to stop. */
  readonly drainMs: number;
}

export const defaultTiming: SupervisionTiming = {
  heartbeatTimeoutMs: 30_000,
  firstBackoffMs: 250,
  longestBackoffMs: 30_000,
  stableAfterMs: 60_000,
  giveUpAfter: 6,
  drainMs: 20_000,
};

export interface EngineProcessInit {
  readonly spec: EngineSpec;
  /** The child's TypeScript file; run by this process's own Node. */
  readonly program: string;
  readonly socketPath: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly timing: SupervisionTiming;
  readonly onChange: () => void;
}

/** One engine child and its restarts. */
export class EngineProcess {
  readonly #init: EngineProcessInit;
  #child: ChildProcess | undefined;
  #phase: EnginePhase = 'starting';
  #sinceMs: number;
  #reason: Localized<string> | undefined;
  #restarts = 0;
  #deathsInARow = 0;
  #lastBeatMs = 0;
  #load: Extract<ChildMessage, { type: 'heartbeat' }> | undefined;
  #capabilities: EngineCapabilities | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopping: Promise<void> | undefined;

  constructor(init: EngineProcessInit) {
    this.#init = init;
    this.#sinceMs = init.clock.now();
  }

  state(): EngineState {
    const { deploymentId, kind } = this.#init.spec;
    const load = this.#load && {
      memoryMb: this.#load.memoryMb,
      running: this.#load.running,
      queued: this.#load.queued,
    };
    return {
      deploymentId,
      kind,
      phase: this.#phase,
      sinceMs: this.#sinceMs,
      restarts: this.#restarts,
      ...load,
      ...(this.#capabilities !== undefined && { capabilities: this.#capabilities }),
      ...(this.#reason !== undefined && { reason: this.#reason }),
    };
  }

  start(): void {
    if (this.#stopping !== undefined) return;
    const { spec, program, socketPath, clock, log } = this.#init;
    rmSync(socketPath, { force: true });
    this.#lastBeatMs = clock.now();
    const child = fork(program, {
      execPath: process.execPath,
      execArgv: [],
      env: {
        ...childEnvironment(),
        [ENGINE_VARIABLE]: JSON.stringify({ spec, socketPath } satisfies EngineChildArguments),
      },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child = child;
    this.#enter('starting');
    log.info('engine.started', { deployment: spec.deploymentId, kind: spec.kind, pid: child.pid });
    let lastWords = '';
    let failure: Localized<string> | undefined;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      lastWords = (lastWords + text).slice(-8000);
    });
    child.on('message', (message: ChildMessage) => {
      if (message.type === 'failed') failure = message.reason;
      else if (message.type === 'ready') {
        this.#capabilities = message.capabilities;
        this.#enter('ready');
      } else if (message.type === 'answer-failed')
        log.warn('engine.answer_failed', { deployment: spec.deploymentId, error: message.error });
      else failure ??= this.#beat(message);
    });
    const watch = setInterval(() => {
      failure ??= this.#killIfSilent();
    }, this.#init.timing.heartbeatTimeoutMs / 4);
    child.once('error', (error) => {
      failure ??= asSaid(error.message);
      if (child.pid === undefined) child.emit('close', null, null);
    });
    child.once('close', (code: number | null, signal: NodeJS.Signals | null) => {
      clearInterval(watch);
      this.#died(failure ?? deathReason(lastWords, code, signal));
    });
  }

  /** Lets running answers end, then ends the child; kills it after the time allowed. */
  stop(): Promise<void> {
    this.#stopping ??= this.#drain();
    return this.#stopping;
  }

  async #drain(): Promise<void> {
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child !== undefined) {
      const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
      const message: DrainMessage = { type: 'drain' };
      if (child.connected && this.#phase === 'ready')
        child.send(message, (error) => error && child.kill('SIGKILL'));
      else child.kill('SIGKILL');
      const kill = setTimeout(() => child.kill('SIGKILL'), this.#init.timing.drainMs);
      await ended;
      clearTimeout(kill);
    }
    this.#enter('stopped');
  }

  #enter(phase: EnginePhase, reason?: Localized<string>): void {
    if (phase === this.#phase && reason === this.#reason) return;
    this.#phase = phase;
    this.#reason = reason;
    this.#sinceMs = this.#init.clock.now();
    this.#init.onChange();
  }

  #beat(message: Extract<ChildMessage, { type: 'heartbeat' }>): Localized<string> | undefined {
    this.#lastBeatMs = this.#init.clock.now();
    this.#load = message;
    const limit = this.#init.spec.memoryLimitMb;
    if (message.memoryMb <= limit) return undefined;
    this.#child?.kill('SIGKILL');
    return engineHostWords.tooMuchMemory(message.memoryMb, limit);
  }

  #killIfSilent(): Localized<string> | undefined {
    const silentMs = this.#init.clock.now() - this.#lastBeatMs;
    if (silentMs < this.#init.timing.heartbeatTimeoutMs) return undefined;
    this.#child?.kill('SIGKILL');
    return engineHostWords.silent(Math.round(silentMs / 1000));
  }

  #died(reason: Localized<string>): void {
    const { spec, socketPath, timing, clock, log } = this.#init;
    const wasStable = this.#phase === 'ready' && clock.now() - this.#sinceMs >= timing.stableAfterMs;
    this.#child = undefined;
    this.#load = undefined;
    rmSync(socketPath, { force: true });
    if (this.#stopping !== undefined) return;
    this.#deathsInARow = wasStable ? 1 : this.#deathsInARow + 1;
    const fields = { deployment: spec.deploymentId, kind: spec.kind, deaths: this.#deathsInARow };
    if (this.#deathsInARow >= timing.giveUpAfter) {
      log.warn('engine.crash_loop', fields);
      this.#enter('crash-loop', reason);
      return;
    }
    const backoffMs = Math.min(
      timing.longestBackoffMs,
      timing.firstBackoffMs * 2 ** (this.#deathsInARow - 1),
    );
    log.warn('engine.died', { ...fields, backoffMs });
    this.#restarts++;
    this.#enter('restarting', reason);
    this.#timer = setTimeout(() => this.start(), backoffMs);
  }
}
