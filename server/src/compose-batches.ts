import type { Ground } from './compose.ts';
import { type BatchRunner, createBatches, createBatchRunner } from './features/batches/index.ts';
import { createFiles } from './features/files/index.ts';
import type { InnerAnswer, InnerCall, Resource, Snapshot } from './features/gateway/index.ts';
import { recordEvent } from './features/proof/index.ts';
import type { EpochUse } from './platform/vault/epoch-use.ts';

/** Files and batches as a gateway serves them. */
export interface GatewayBatches {
  readonly resources: readonly Resource[];
  /** From here on this gateway takes its share of the work. */
  start(ask: (call: InnerCall) => Promise<InnerAnswer>): BatchRunner;
}

export function openBatches(
  { config, database, vault, blobs, clock, ids, log }: Ground,
  epochUse: EpochUse,
  current: () => Snapshot | undefined,
): GatewayBatches {
  const { maxFileBytes: maxBytes, maxBodyBytes: longestLine } = config.gateway;
  const base = { database, vault, blobs, clock, ids, record: recordEvent, epochUse };
  const files = createFiles({ ...base, maxBytes });
  const context = { ...base, files: files.keeper };
  return {
    resources: [...files.resources, ...createBatches(context).resources],
    start(ask) {
      const runner = createBatchRunner({
        ...context,
        ask,
        log,
        longestLine,
        serving: (model) => current()?.ground.index.serving(model) ?? [],
        retentionDays: (organisationId) => current()?.organisations.get(organisationId)?.retentionDays,
      });
      runner.start();
      return runner;
    },
  };
}
