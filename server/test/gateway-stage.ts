import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { DeploymentFacts, PlacementFacts, SiteFacts } from '../src/core/placement/facts.ts';
import type { EngineEndpoint } from '../src/core/engine/engine.ts';
import { type CallJournal, createCallJournal } from '../src/features/calls/call-journal.ts';
import { Dispatch } from '../src/features/dispatch/index.ts';
import {
  createGateway,
  type GatewayKey,
  GatewayMetrics,
  keyDigest,
  type Snapshot,
  SnapshotKeeper,
} from '../src/features/gateway/index.ts';
import type { ContentKeeper } from '../src/features/gateway/index.ts';
import { createCedar } from '../src/features/placement/cedar-judge.ts';
import { readPolicy, starterPolicy } from '../src/features/placement/policy-text.ts';
import { createIdSource, systemClock } from '../src/platform/id-source.ts';
import { openFileKeystore } from '../src/platform/keystore/file-keystore.ts';
import { silentLogger } from '../src/platform/log/logger.ts';
import { nodeSpoolFiles, type SpoolFiles } from '../src/platform/spool/spool-files.ts';
import { SpoolWriter } from '../src/platform/spool/spool-writer.ts';
import { createEpochUse, type EpochUse } from '../src/platform/vault/epoch-use.ts';
import { createVault } from '../src/platform/vault/keyring-vault.ts';

const declared = <T>(value: T) => ({ value, tier: 'T0' as const, source: 'test' });

export const stockholm: SiteFacts = {
  id: 'site_stockholm',
  slug: 'stockholm',
  name: 'Stockholm',
  place: 'Stockholm',
  latitude: 59.3,
  longitude: 18.1,
  simulated: false,
  unclaimed: false,
  certifications: [],
  country: declared('SE'),
  operator: declared('Test AB'),
  parent: declared({ name: 'Test AB', country: 'SE' }),
  pue: { ...declared(1.1), provenance: 'declared' },
  gramsCo2PerKwh: { ...declared(30), provenance: 'declared' },
};
export const oregon: SiteFacts = {
  ...stockholm,
  id: 'site_oregon',
  slug: 'oregon',
  name: 'Oregon',
  country: declared('US'),
  parent: declared({ name: 'Test Inc', country: 'US' }),
};

export function deployment(over: Partial<DeploymentFacts> = {}): DeploymentFacts {
  return {
    id: 'deployment_one',
    model: 'herd',
    modelVersion: 'version_one',
    licence: { id: 'apache-2.0' },
    siteId: stockholm.id,
    engine: { id: 'engine_one', kind: 'openai-http' },
    ready: true,
    wattHoursPerThousandTokens: { ...declared(2), provenance: 'declared' },
    ...over,
  };
}

export const organisationId = 'org_test';
export const secrets = {
  internal: 'kln_internal',
  public: 'kln_public',
  personal: 'kln_personal',
  unclassified: 'kln_unclassified',
  support: 'kln_support',
  reader: 'kln_reader',
  expired: 'kln_expired',
};

function keysOfTest(): Map<string, GatewayKey> {
  const scopes = new Set(['calls:create', 'models:read', 'receipts:read'] as const);
  const base: GatewayKey = {
    id: 'key_test',
    organisationId,
    scopes,
    dataClass: 'internal',
    purpose: 'general',
    expiresAt: undefined,
  };
  const entries: [string, GatewayKey][] = [
    [secrets.internal, base],
    [secrets.public, { ...base, dataClass: 'public' }],
    [secrets.personal, { ...base, dataClass: 'personal' }],
    [secrets.unclassified, { ...base, dataClass: undefined }],
    [secrets.support, { ...base, purpose: 'support' }],
    [secrets.reader, { ...base, scopes: new Set(['models:read'] as const) }],
    [secrets.expired, { ...base, expiresAt: 1 }],
  ];
  return new Map(entries.map(([secret, key]) => [keyDigest(secret), key]));
}

export function httpEndpoint(url: string): EngineEndpoint {
  return { kind: 'openai-http', origin: { url }, basePath: '/v1', engineModel: 'engine-model' };
}

/** A snapshot in which one organisation may use `deployments`, each at an engine. */
export function snapshotOf(
  engines: readonly { deployment: DeploymentFacts; endpoint: EngineEndpoint }[],
  over: {
    sites?: readonly SiteFacts[];
    retentionDays?: number;
    ingress?: string;
    restricted?: Snapshot['restricted'];
  } = {},
): Snapshot {
  const facts: PlacementFacts = {
    sites: over.sites ?? [stockholm, oregon],
    deployments: engines.map(({ deployment }) => deployment),
    weights: { carbon: 1, cost: 1, latency: 1, load: 1 },
  };
  return {
    keys: keysOfTest(),
    organisations: new Map([
      [
        organisationId,
        {
          id: organisationId,
          language: 'en',
          demonstration: false,
          revenueEur: undefined,
          retentionDays: over.retentionDays,
        },
      ],
    ]),
    ground: {
      facts,
      factsHash: 'sha256:facts',
      judge: createCedar().judgeOf(readPolicy(starterPolicy)),
      endpoints: new Map(engines.map(({ deployment, endpoint }) => [deployment.id, endpoint])),
    },
    places: {
      ingressSiteId: over.ingress ?? stockholm.id,
      storageSiteIds: [stockholm.id],
      backupSiteIds: [],
    },
    restricted: over.restricted ?? new Map(),
  };
}

export interface Stage {
  readonly url: string;
  readonly spoolDirectory: string;
  readonly spool: SpoolWriter;
  readonly home: string;
  readonly epochUse: EpochUse;
  readonly journal: CallJournal;
  /** Replaces what calls are judged by, as a change of control data does. */
  change(snapshot: Snapshot): Promise<void>;
  close(): Promise<void>;
}

/** A real gateway on a real port: real policy, vault and journal; control data from the test. */
export async function startStage(
  first: Snapshot,
  over: {
    now?: () => number;
    lastHeardAt?: () => number;
    files?: SpoolFiles;
    maxBodyBytes?: number;
    keepContent?: ContentKeeper;
    receiptOf?: (organisationId: string, id: string) => Promise<object | undefined>;
  } = {},
): Promise<Stage> {
  const home = await mkdtemp(join(tmpdir(), 'kulning-gateway-'));
  const now = over.now ?? Date.now;
  const files = over.files ?? nodeSpoolFiles;
  const spoolDirectory = join(home, 'spool');
  await files.makeDirectory(spoolDirectory);
  const spool = new SpoolWriter({
    files,
    directory: spoolDirectory,
    segmentBytes: 2 ** 20,
    maxSegments: 32,
    spareSegments: 2,
    onTrouble: () => undefined,
  });
  await spool.open();
  const vault = createVault(await openFileKeystore(join(home, 'keys')));
  const epochUse = createEpochUse();
  const journal = createCallJournal(spool, epochUse);
  const dispatch = new Dispatch({ sink: journal, now, seed: () => 7 });
  let current = first;
  let changed: () => void = () => undefined;
  const snapshots = new SnapshotKeeper({
    source: {
      load: async () => current,
      watch: async (tell) => {
        changed = tell;
        return { lastHeardAt: over.lastHeardAt ?? now, close: async () => undefined };
      },
    },
    now,
    log: silentLogger,
    onSwap: ({ ground }) => dispatch.keepOnly(ground.endpoints),
  });
  await snapshots.open();
  const gateway = createGateway({
    dispatch,
    vault,
    epochUse,
    loadKeys: (id) => vault.load(id),
    snapshots,
    now,
    metrics: new GatewayMetrics(),
    log: silentLogger,
    ids: createIdSource(systemClock),
    maxBodyBytes: over.maxBodyBytes ?? 2 ** 20,
    receiptOf: over.receiptOf ?? (async () => undefined),
    spoolFreeBytes: () => spool.freeBytes,
    ...(over.keepContent && { keepContent: over.keepContent }),
  });
  const { url } = await gateway.listen({ host: '127.0.0.1', port: 0 });
  return {
    url,
    spoolDirectory,
    spool,
    home,
    epochUse,
    journal,
    async change(snapshot) {
      current = snapshot;
      changed();
      while (snapshots.current !== snapshot) await new Promise((resolve) => setImmediate(resolve));
    },
    async close() {
      await gateway.close(2_000);
      await snapshots.close();
      await dispatch.close();
      await spool.close();
      vault.close();
      await rm(home, { recursive: true });
    },
  };
}
