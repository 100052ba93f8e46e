import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { engineSocketPath, type ChildPlace, type EngineSpec } from '../../core/engine/engine.ts';
import { createEngineHost } from '../../platform/engine-host/engine-host.ts';
import { silentLogger, type Logger } from '../../platform/log/logger.ts';
import { engineAdapters, enginePrograms } from './index.ts';

const KEY = 'sk-conformance';

/** A host with one child of the kind, as `kulning up` runs it. */
export async function openChild(kind: EngineSpec['kind'], config: object, place: ChildPlace = {}) {
  const runDir = mkdtempSync(join(tmpdir(), 'kulning-engine-'));
  const adapter = engineAdapters[kind];
  const deployment = { deploymentId: 'd', model: `${kind}-fixture`, config: adapter.parseConfig(config) };
  const spec = adapter.child(deployment, { ...place, secret: KEY });
  if (spec === undefined) throw new Error('not a child');
  let pid: number | undefined;
  const log: Logger = {
    ...silentLogger,
    info: (event, fields) => {
      if (event === 'engine.started') pid = Number(fields?.['pid']);
    },
  };
  const host = createEngineHost({ runDir, programs: enginePrograms, log, timing: { firstBackoffMs: 20 } });
  const ready = async () => {
    while (host.states()[0]?.phase !== 'ready') {
      if (host.states()[0]?.phase === 'crash-loop') throw new Error(host.states()[0]?.reason?.en);
      await delay(20);
    }
  };
  host.apply([spec]);
  await ready();
  const endpoint = adapter.endpoint(deployment, { runDir, secret: KEY });
  return {
    endpoint,
    socketPath: engineSocketPath(runDir, 'd'),
    /** As it said when it became ready. */
    capabilities: host.states()[0]?.capabilities,
    load: () => adapter.load(endpoint, AbortSignal.timeout(10_000)),
    kill: () => {
      if (pid === undefined) throw new Error('it was never started');
      process.kill(pid, 'SIGKILL');
    },
    recovered: async () => {
      while (host.states()[0]?.restarts !== 1) await delay(5);
      await ready();
    },
    close: async () => {
      await host.close();
      rmSync(runDir, { recursive: true });
    },
  };
}
