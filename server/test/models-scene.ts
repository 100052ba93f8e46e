import type { CatalogueModel } from '@kulning/sdk';

import type { TestDatabase } from './database.ts';
import { engineAdapters } from '../src/adapters/engines/index.ts';
import { inspectGguf, readGgufHead, readAdapterHead } from '../src/adapters/engines/llama/gguf-intake.ts';
import type { EngineState } from '../src/core/engine/engine.ts';
import type { InspectModelFile, ModelFileFacts } from '../src/core/engine/model-file.ts';
import type { LedgerEvent } from '../src/core/ledger/leaf.ts';
import { createIdSource } from '../src/platform/id-source.ts';
import { silentLogger } from '../src/platform/log/logger.ts';
import { createOutboundHosts } from '../src/platform/outbound/outbound-hosts.ts';
import type { ModelsContext } from '../src/features/models/index.ts';

const clock = { now: () => Date.parse('2026-11-22T12:00:00Z') };

/** The real intake, a process each: once for each file. */
const inspected = new Map<string, Promise<ModelFileFacts>>();
export const inspectOnce: InspectModelFile = (path, signal, use) => {
  const what = JSON.stringify([path, use]);
  const known = inspected.get(what) ?? inspectGguf(path, signal, use);
  inspected.set(what, known);
  return known;
};

/** For tests: the slice on a real database, on a machine with three sites. */
export function modelsScene(parts: {
  readonly database: TestDatabase;
  readonly folder: string;
  readonly catalogue: readonly CatalogueModel[];
  readonly events: LedgerEvent[];
  readonly live: () => readonly EngineState[];
}): ModelsContext {
  const { database, folder, catalogue, events, live } = parts;
  return {
    database: database.app.withTables(),
    clock,
    ids: createIdSource(clock),
    engines: engineAdapters,
    readModelHead: readGgufHead,
    readAdapterHead,
    inspectModelFile: inspectOnce,
    memoryBytes: 64e9,
    catalogue,
    revenueOf: async () => 300e6,
    secrets: {
      seal: async (owner, secret) => Buffer.from(`${owner} ${secret}`).toString('hex'),
      open: async (owner, sealed) => {
        const [by, secret] = Buffer.from(sealed, 'hex').toString().split(' ');
        if (by !== owner || secret === undefined) throw new Error('sealed for another');
        return secret;
      },
    },
    pulling: {
      hosts: createOutboundHosts(['127.0.0.1']),
      folder,
      hub: 'http://127.0.0.1:1',
      maxFileBytes: 1e9,
    },
    log: silentLogger,
    runDir: '/run',
    sites: async () => [
      { id: 'site_this-machine', slug: 'this-machine', onThisMachine: true, isThisMachine: true },
      {
        id: 'site_borlange-simulated',
        slug: 'borlange-simulated',
        onThisMachine: true,
        isThisMachine: false,
      },
      { id: 'site_essonne', slug: 'essonne', onThisMachine: false, isThisMachine: false },
    ],
    record: async (_, event) => void events.push(event),
    liveStates: live,
  };
}
