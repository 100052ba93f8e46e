import type { CatalogueModel } from '@kulning/sdk';

import type { EngineAdapter, EngineKind, EngineState } from '../../core/engine/engine.ts';
import type { InspectModelFile, ReadAdapterHead, ReadModelHead } from '../../core/engine/model-file.ts';
import type { Clock } from '../../core/clock.ts';
import type { IdSource } from '../../core/id.ts';
import type { LedgerEvent } from '../../core/ledger/leaf.ts';
import type { Logger } from '../../platform/log/logger.ts';
import type { OutboundHosts } from '../../platform/outbound/outbound-hosts.ts';
import type { AnyTransaction, Database } from '../../platform/postgres/database.ts';
import { bumpModels, type ModelsTables, type ModelsTransaction } from './model-store.ts';

/** Keeps the keys of remote servers; the vault stands behind it. What it seals may lie in the database and in backups. */
export interface SecretBox {
  seal(ownerId: string, secret: string): Promise<string>;
  open(ownerId: string, sealed: string): Promise<string>;
}

/** What this slice needs to know of a site. */
export interface SiteReference {
  readonly id: string;
  readonly slug: string;
  /** This machine, under its own name or as the stand-in for a simulated site. */
  readonly onThisMachine: boolean;
  /** The machine itself. */
  readonly isThisMachine: boolean;
}

/** What the use cases of this slice stand on. */
export interface ModelsContext {
  readonly database: Database<ModelsTables>;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly engines: Readonly<Record<EngineKind, EngineAdapter>>;
  readonly readModelHead: ReadModelHead;
  readonly readAdapterHead: ReadAdapterHead;
  readonly inspectModelFile: InspectModelFile;
  /** What engines of this machine may use together. */
  readonly memoryBytes: number;
  readonly secrets: SecretBox;
  readonly catalogue: readonly CatalogueModel[];
  /** Yearly revenue of the whole group, in euro; undefined is unknown. */
  revenueOf(trx: AnyTransaction, organisationId: string): Promise<number | undefined>;
  /** The llama-server program, if this machine has one. */
  readonly llamaServer?: string | undefined;
  /** How model files come here. */
  readonly pulling: {
    readonly hosts: OutboundHosts;
    /** Where they are kept. */
    readonly folder: string;
    /** What `organisation/repository/file.gguf` is looked up on. */
    readonly hub: string;
    readonly maxFileBytes: number;
  };
  readonly log: Logger;
  /** Where sockets of engine children lie. */
  readonly runDir: string;
  sites(trx: AnyTransaction): Promise<readonly SiteReference[]>;
  /** Writes to the ledger in the transaction of the change. */
  record(trx: AnyTransaction, event: LedgerEvent): Promise<unknown>;
  /** What the engine host says right now, with memory and load; empty where no host is near. */
  liveStates(): readonly EngineState[];
}

/** Every change commits with its ledger entry and tells the gateways; one change after the other. */
export function changing<T>(
  { database, clock }: ModelsContext,
  reason: string,
  work: (trx: ModelsTransaction, at: Date) => Promise<T>,
): Promise<T> {
  return database.inInstance(reason, async (trx) => {
    await bumpModels(trx);
    return work(trx, new Date(clock.now()));
  });
}
