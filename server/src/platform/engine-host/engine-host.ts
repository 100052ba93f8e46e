import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { KulningError } from '@kulning/sdk';

import type { Clock } from '../../core/clock.ts';
import { engineSocketPath, type EngineSpec, type EngineState } from '../../core/engine/engine.ts';
import { systemClock } from '../id-source.ts';
import type { Logger } from '../log/logger.ts';
import { engineHostWords } from './engine-host-words.ts';
import { defaultTiming, EngineProcess, type SupervisionTiming } from './engine-process.ts';

export interface EngineHostInit {
  readonly runDir: string;
  /** The child program of each kind. */
  readonly programs: Readonly<Record<EngineSpec['kind'], string>>;
  readonly log: Logger;
  readonly clock?: Clock;
  /** After any change of an engine's phase. */
  readonly onChange?: (states: EngineState[]) => void;
  readonly timing?: Partial<SupervisionTiming>;
}

export interface EngineHost {
  /** Makes the running children those of `desired`: starts, stops and replaces. Applying the same set again does nothing. */
  apply(desired: readonly EngineSpec[]): void;
  states(): EngineState[];
  /** Lets running answers end and stops every child. */
  close(): Promise<void>;
}

interface Entry {
  readonly fingerprint: string;
  readonly engine: EngineProcess;
}

/** sun_path of Linux, with its closing zero (unix(7)). */
const LONGEST_SOCKET_PATH = 107;

/** Keeps engine children alive. Lives in the supervisor process: a crash of control or gateway touches no engine. */
export function createEngineHost(init: EngineHostInit): EngineHost {
  const entries = new Map<string, Entry>();
  const leaving = new Map<string, Promise<void>>();
  mkdirSync(init.runDir, { recursive: true, mode: 0o700 });
  removeStaleSockets(init.runDir);

  const states = () => [...entries.values()].map(({ engine }) => engine.state());
  const remove = (deploymentId: string, engine: EngineProcess) => {
    entries.delete(deploymentId);
    const left = engine.stop();
    leaving.set(
      deploymentId,
      left.finally(() => leaving.delete(deploymentId)),
    );
  };
  const add = (spec: EngineSpec, fingerprint: string) => {
    const engine = new EngineProcess({
      spec,
      program: init.programs[spec.kind],
      socketPath: socketPathOf(init.runDir, spec.deploymentId),
      clock: init.clock ?? systemClock,
      log: init.log,
      timing: { ...defaultTiming, ...init.timing },
      onChange: () => init.onChange?.(states()),
    });
    entries.set(spec.deploymentId, { fingerprint, engine });
    const predecessor = leaving.get(spec.deploymentId);
    if (predecessor === undefined) engine.start();
    else void predecessor.then(() => engine.start());
  };

  return {
    states,
    apply(desired) {
      const wanted = new Map(desired.map((spec) => [spec.deploymentId, spec]));
      for (const [deploymentId, { fingerprint, engine }] of entries) {
        const spec = wanted.get(deploymentId);
        if (spec === undefined || JSON.stringify(spec) !== fingerprint) remove(deploymentId, engine);
      }
      for (const spec of wanted.values())
        if (!entries.has(spec.deploymentId)) add(spec, JSON.stringify(spec));
      init.onChange?.(states());
    },
    async close() {
      for (const [deploymentId, { engine }] of entries) remove(deploymentId, engine);
      await Promise.all(leaving.values());
    },
  };
}

function socketPathOf(runDir: string, deploymentId: string): string {
  const path = engineSocketPath(runDir, deploymentId);
  const length = Buffer.byteLength(path);
  if (length <= LONGEST_SOCKET_PATH) return path;
  throw new KulningError({
    code: 'engine.socket_path_too_long',
    status: 500,
    text: engineHostWords.socketPathTooLong(length, LONGEST_SOCKET_PATH, path),
  });
}

/** Left by a host that was killed; its children died with it. */
function removeStaleSockets(runDir: string): void {
  for (const name of readdirSync(runDir)) {
    if (/^engine-.*\.sock$/u.test(name)) rmSync(join(runDir, name), { force: true });
  }
}
