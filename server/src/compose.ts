import { fileURLToPath } from 'node:url';

import { KulningError } from '@kulning/sdk';

import { configWords } from './config-words.ts';
import type { Config } from './config.ts';
import type { Clock } from './core/clock.ts';
import type { IdSource } from './core/id.ts';
import { engineAdapters } from './adapters/engines/index.ts';
import { builtLlamaServer } from './adapters/engines/llama-server/llama-server-build.ts';
import { inspectGguf, readGgufHead, readAdapterHead } from './adapters/engines/llama/gguf-intake.ts';
import type { EngineState } from './core/engine/engine.ts';
import type { DecisionRecord, SiteFacts } from './core/placement/facts.ts';
import { organisationTraits } from './features/identity/index.ts';
import { createModels, loadCatalogue, type Models, type SecretBox } from './features/models/index.ts';
import { createPlacements, type Placements } from './features/placement/index.ts';
import { recordEvent } from './features/proof/index.ts';
import { createSites, type Sites } from './features/sites/index.ts';
import type { BlobStore } from './platform/blobs/blob-store.ts';
import { openLocalBlobStore } from './platform/blobs/local-blob-store.ts';
import { createIdSource, systemClock } from './platform/id-source.ts';
import { engineMemoryBytes } from './platform/engine-host/machine-memory.ts';
import { openFileKeystore } from './platform/keystore/file-keystore.ts';
import type { Keystore } from './platform/keystore/keystore.ts';
import { createLogger, type Logger } from './platform/log/logger.ts';
import { createOutboundHosts } from './platform/outbound/outbound-hosts.ts';
import { type AnyTransaction, type Database, openDatabase, tablesOf } from './platform/postgres/database.ts';
import { embeddedServerOf } from './platform/postgres/embedded-server.ts';
import { assertSchema, migrate } from './platform/postgres/migrator.ts';
import { createVault } from './platform/vault/keyring-vault.ts';
import { bindKeystore, isBound } from './platform/vault/keystore-binding-store.ts';
import type { Vault } from './platform/vault/vault.ts';
import { release } from './release.ts';
import { type HomeFolders, makeHome } from './up/home.ts';

export const shippedModel = {
  name: 'kulning-triage',
  folder: fileURLToPath(new URL('../../examples/train-triage/', import.meta.url)),
};

/** What every process of an instance stands on. */
export interface Ground {
  readonly config: Config;
  readonly folders: HomeFolders;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly log: Logger;
  readonly database: Database;
  readonly databaseUrl: string;
  readonly keystore: Keystore;
  readonly vault: Vault;
  readonly blobs: BlobStore;
  readonly sites: Sites;
  readonly models: Models;
  readonly placements: Placements;
}

/** What only some processes know. */
export interface GroundParts {
  readonly liveStates: () => readonly EngineState[];
  /** What was recorded when a call was decided. */
  readonly decisionOf: (organisationId: string, callId: string) => Promise<DecisionRecord | undefined>;
  /** Brings the schema up to this release first; `kulning up` has done so for its own processes. */
  readonly migrates?: boolean;
}

/** Opens what a process needs whatever its role, and refuses a schema that is not of this release. */
export async function openGround(config: Config, role: string, parts: GroundParts): Promise<Ground> {
  const clock = systemClock;
  const ids = createIdSource(clock);
  const log = createLogger(
    (line) => void process.stdout.write(line),
    () => clock.now(),
    { process: role },
  );
  const folders = makeHome(config.home);
  const databaseUrl = config.database.url ?? (await embeddedServerOf(config.home));
  if (parts.migrates === true) await migrate({ url: databaseUrl, release, log });
  const database = openDatabase({ url: databaseUrl, role: 'app', poolSize: config.database.poolSize, log });
  await assertSchema(database.kysely, release);
  const keystore = await openFileKeystore(config.keys, { create: !(await isBound(database)) });
  await bindKeystore(database, keystore);
  const vault = createVault(keystore);
  const blobs = await openLocalBlobStore(folders.blobs);
  const base = { config, folders, clock, ids, log, database, databaseUrl, keystore, vault, blobs };
  return { ...base, ...composeFacts(base, parts) };
}

/** Sites, models and placement know each other only here. */
function composeFacts(
  base: Omit<Ground, 'sites' | 'models' | 'placements'>,
  { liveStates, decisionOf }: GroundParts,
) {
  const { clock, ids, log, config, folders, vault } = base;
  const record = (trx: AnyTransaction, event: Parameters<typeof recordEvent>[1]) => recordEvent(trx, event);
  const sites: Sites = createSites({
    database: base.database.withTables(),
    clock,
    ids,
    log,
    record,
    usesOf: (trx, siteId) => models.usesOf(trx, siteId),
  });
  const models: Models = createModels({
    database: base.database.withTables(),
    clock,
    ids,
    engines: engineAdapters,
    readModelHead: readGgufHead,
    readAdapterHead,
    inspectModelFile: inspectGguf,
    memoryBytes: engineMemoryBytes(),
    secrets: secretBox(vault),
    catalogue: loadCatalogue(fileURLToPath(new URL('../../data/models/', import.meta.url))),
    revenueOf: async (trx, id) => (await organisationTraits(tablesOf(trx), id)).revenueEur,
    llamaServer: config.engines.llamaServer.binary ?? builtLlamaServer(config.home),
    pulling: {
      ...config.models,
      hosts: createOutboundHosts(config.outbound.allowedHosts),
      folder: folders.models,
    },
    log,
    runDir: folders.run,
    sites: async (trx) => (await sites.facts(trx)).map((site) => siteReference(site, config.site)),
    record,
    liveStates,
  });
  const placements = createPlacements({
    database: base.database.withTables(),
    clock,
    sites: (trx) => sites.facts(trx),
    deployments: (trx) => models.facts(trx),
    callerFacts: async (trx, organisationId) => ({
      organisation: await organisationTraits(tablesOf(trx), organisationId),
      ...(await placesOf(trx, sites, config.site)),
    }),
    decisionOf,
    record,
  });
  return { sites, models, placements };
}

/** Where work that comes in at this process is received, handled and stored. Backups go nowhere until a target is set. */
export async function placesOf(trx: AnyTransaction, sites: Sites, slug: string) {
  const here = (await sites.facts(trx)).find((site) => site.slug === slug);
  if (!here) {
    throw new KulningError({
      code: 'site.unknown',
      status: 500,
      path: 'site',
      text: configWords.siteUnknown(slug),
    });
  }
  return { ingressSiteId: here.id, storageSiteIds: [here.id], backupSiteIds: [] };
}

function siteReference({ id, slug, simulated }: SiteFacts, here: string) {
  return { id, slug, isThisMachine: slug === here, onThisMachine: slug === here || simulated };
}

/** Secrets of the instance are sealed as an organisation of their own. */
function secretBox(vault: Vault): SecretBox {
  const owner = 'org_instance';
  return {
    async seal(ownerId, secret) {
      await vault.load(owner);
      const { epoch, wrappedKey, nonce, ciphertext } = vault.seal(
        owner,
        ownerId,
        Buffer.from(secret, 'utf8'),
      );
      return [
        String(epoch),
        ...[wrappedKey, nonce, ciphertext].map((bytes) => Buffer.from(bytes).toString('base64url')),
      ].join('.');
    },
    async open(ownerId, sealed) {
      await vault.load(owner);
      const [epoch = '', wrappedKey = '', nonce = '', ciphertext = ''] = sealed.split('.');
      const [wrapped, iv, text] = [wrappedKey, nonce, ciphertext].map((part) =>
        Buffer.from(part, 'base64url'),
      );
      const record = {
        epoch: Number(epoch),
        wrappedKey: wrapped ?? empty,
        nonce: iv ?? empty,
        ciphertext: text ?? empty,
      };
      return Buffer.from(vault.open(owner, ownerId, record)).toString('utf8');
    },
  };
}

const empty = Buffer.alloc(0);
