import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { composeStores } from './compose-stores.ts';
import { type Ground, openGround, placesOf, shippedModel } from './compose.ts';
import type { Config } from './config.ts';
import type { EngineState } from './core/engine/engine.ts';
import { createBackupFeature } from './features/backup/index.ts';
import { createCalls } from './features/calls/index.ts';
import { createDemo, type Demo, sampleName } from './features/demo/index.ts';
import { createIdentity, type Identity } from './features/identity/index.ts';
import { createInstanceRoutes } from './features/instance/index.ts';
import { createPrivacy, createRecordReader, saltIn } from './features/privacy/index.ts';
import {
  createProof,
  createProofWorker,
  type LogIdentity,
  openLogIdentity,
  recordEvent,
} from './features/proof/index.ts';
import { createApi } from './platform/http/api-router.ts';
import { createGatewayForwarder } from './platform/http/forwarder.ts';
import { serveHttp } from './platform/http/http-server.ts';
import type { Caller, Route } from './platform/http/route.ts';
import { serveStaticFiles } from './platform/http/static-files.ts';
import { serveTlog } from './platform/http/tlog.ts';
import { type AnyTransaction, openDatabase } from './platform/postgres/database.ts';
import { keyEpochWatcher } from './platform/vault/key-epoch-watcher.ts';
import { storeNames } from './platform/vault/store-name.ts';
import { release } from './release.ts';
import type { Role } from './serve.ts';
import { startTasks } from './tasks.ts';
import { tellParent, type ToControl } from './up/messages.ts';

const consoleFolder = fileURLToPath(new URL('../../console/dist', import.meta.url));
const verifier = fileURLToPath(new URL('../../packages/verify/src/verify.mjs', import.meta.url));
const drainMs = 10_000;

/** What the supervisor told this process last. */
interface Heard {
  engines: readonly EngineState[];
  gatewayUrl: string | undefined;
}

/** The control process: admin API, console, sequencer and background work. */
export async function composeControl(config: Config): Promise<Role> {
  const heard: Heard = { engines: [], gatewayUrl: undefined };
  const ground = await openGround(config, 'control', {
    liveStates: () => heard.engines,
    decisionOf: (organisationId, callId) => features.calls.decisionOf(organisationId, callId),
  });
  const { log, database, clock } = ground;
  const logIdentity = await openLogIdentity(config.keys);
  const sequencerDatabase = openDatabase({ url: ground.databaseUrl, role: 'sequencer', poolSize: 3, log });
  const proofWorker = createProofWorker({ database: sequencerDatabase, identity: logIdentity, clock, log });
  await proofWorker.start();
  const keys = await keyEpochWatcher({
    database,
    keystore: ground.keystore,
    vault: ground.vault,
    holderId: 'control',
    log,
  });

  const features = composeFeatures(ground, heard, logIdentity);
  const firstStart = await prepare(ground, features);
  const servers = await listen(ground, heard, features);
  const tasks = startTasks(
    [
      ...features.privacy.tasks,
      { name: 'remote-engines', everyMs: 15_000, run: (signal) => ground.models.checkRemoteEngines(signal) },
    ],
    log,
  );
  const control = await database.listen('kulning_control', () => void desireEngines(ground));
  process.on('message', (message) => void hear(message as ToControl, heard, ground));

  const { token } = await features.identity.prepareClaim();
  await desireEngines(ground);
  tellParent({ claimToken: token ?? null, firstStart });
  tellParent({ ready: true, url: servers.url });
  log.info('control.ready');
  return {
    close: async () => {
      await servers.close();
      await Promise.all([tasks.stop(), proofWorker.stop(), control.close(), keys.close()]);
      await Promise.all([database.close(), sequencerDatabase.close()]);
      ground.vault.close();
    },
  };
}

type Features = ReturnType<typeof composeFeatures>;

function composeFeatures(ground: Ground, heard: Heard, logIdentity: LogIdentity) {
  const { config, database, vault, blobs, clock, ids, keystore, log, sites, models, placements } = ground;
  const readRecord = createRecordReader(database, vault, blobs);
  const openSalt = async (organisationId: string, id: string) => saltIn(await readRecord(organisationId, id));
  const proof = createProof({ database, identity: logIdentity, clock, openSalt });
  const identity = composeIdentity(ground);
  const folder = join(config.home, 'backups');
  const backup = createBackupFeature({ url: ground.databaseUrl, blobs, folder, release, clock });
  const privacy = createPrivacy({
    database,
    vault,
    keystore,
    blobs,
    stores: composeStores(ground, backup, identity.stores),
    required: storeNames,
    recordEvent,
    receiptOf: (organisationId, id) => proof.receipts.receiptById(organisationId, id),
    clock,
    ids,
    log,
  });
  const siteNames = async (trx: AnyTransaction) =>
    new Map((await sites.facts(trx)).map(({ id, name }) => [id, name]));
  const calls = createCalls({ database, clock, siteNames });
  const ensureOrganisation = () => identity.ensureDemonstration(sampleName);
  const demo = createDemo({ database: database.withTables(), vault, clock, ids, ensureOrganisation });
  const slices = [identity, demo, sites, models, placements, calls, proof, privacy, backup];
  const routes: Route[] = [
    ...slices.flatMap((slice) => slice.routes),
    ...composeInstance(ground, heard, identity, demo),
  ];
  return { identity, calls, demo, privacy, proof, routes };
}

function composeIdentity({ config, database, clock, ids, sites }: Ground): Identity {
  return createIdentity({
    ...database.withTables(),
    clock,
    ids,
    record: async (trx, event) => void (await recordEvent(trx, event)),
    declareMachine: (trx, machine) => sites.declareThisMachine(trx, machine),
    secureCookies: config.control.publicUrl?.startsWith('https:') === true,
    language: config.language,
  });
}

function composeInstance(
  { config, database, sites }: Ground,
  heard: Heard,
  identity: Identity,
  demo: Demo,
): Route[] {
  return createInstanceRoutes({
    database,
    release,
    keysFolder: config.keys,
    siteSlug: config.site,
    shippedModel: shippedModel.name,
    gatewayUrl: () => heard.gatewayUrl,
    isClaimed: () => identity.isClaimed(),
    hasSample: async () => (await demo.organisation()) !== undefined,
    sites: () => sites.list(),
    shortLivedKey: (caller, dataClass) =>
      identity.createShortLivedKey(caller, { name: 'playground', dataClass, purpose: 'demonstration' }),
  });
}

/** What the first start makes and each start checks. @returns whether this is the first one */
async function prepare(ground: Ground, { demo }: Features): Promise<boolean> {
  const { config, sites, placements } = ground;
  await sites.load(config.sites);
  await placements.ensurePolicy();
  await registerShipped(ground);
  const firstStart = (await demo.organisation()) === undefined;
  if (firstStart) await demo.load();
  return firstStart;
}

/** A damaged copy of the shipped model is worth a line in the log, not an instance that does not start. */
async function registerShipped({ models, log }: Ground): Promise<void> {
  const { name, folder } = shippedModel;
  try {
    const card = JSON.parse(readFileSync(join(folder, 'card.json'), 'utf8')) as Record<string, unknown>;
    await models.registerShippedModel(
      { name, path: join(folder, `${name}.gguf`), card },
      AbortSignal.timeout(60_000),
    );
  } catch (cause) {
    log.error('models.shipped_not_registered', cause);
  }
}

async function listen(ground: Ground, heard: Heard, { identity, demo, proof, routes }: Features) {
  const { config, ids, log } = ground;
  const api = (identify: Identity['identify']) =>
    createApi({
      routes,
      identify,
      ids,
      log,
      maxBodyBytes: config.control.maxBodyBytes,
      version: release,
      language: config.language,
    });
  const app = api(identity.identify);
  app.get('/healthz', (c) => c.text('ok'));
  app.get('/readyz', async (c) => {
    const ready = await placesReadable(ground);
    return c.json({ ready }, ready ? 200 : 503);
  });
  serveTlog(app, proof.tlog);
  serveStaticFiles(app, consoleFolder, { '/verify.mjs': verifier });
  const forward = createGatewayForwarder(() => heard.gatewayUrl);
  const tcp = await serveHttp(app, config.control, 'control.port', forward);
  const socket = await serveHttp(
    api(operatorOf(identity, demo)),
    join(ground.folders.run, 'operator.sock'),
    'home',
    forward,
  );
  return { url: tcp.url, close: () => Promise.all([tcp.close(drainMs), socket.close(drainMs)]) };
}

async function placesReadable({ database, sites, config }: Ground): Promise<boolean> {
  return database
    .inInstance('readiness', (trx) => placesOf(trx, sites, config.site))
    .then(
      () => true,
      () => false,
    );
}

/** Whoever can open the socket in KULNING_HOME runs this machine: until the claim they act in the sample company. */
function operatorOf(identity: Identity, demo: Demo): Identity['identify'] {
  return async (header) => {
    const caller = await identity.identify(header);
    if (caller.kind !== 'stranger' || (await identity.isClaimed())) return caller;
    const organisationId = await demo.organisation();
    return {
      ...caller,
      kind: 'socket',
      organisationId,
      scopes: new Set(demonstrationScopes),
    } satisfies Caller;
  };
}

const demonstrationScopes = [
  'calls:create',
  'calls:read',
  'models:read',
  'sites:read',
  'policy:read',
  'receipts:read',
  'ledger:read',
] as const;

async function desireEngines({ models, log }: Ground): Promise<void> {
  try {
    tellParent({ engines: await models.desiredEngines() });
  } catch (cause) {
    log.error('engines.desire_failed', cause);
  }
}

async function hear(message: ToControl, heard: Heard, { models, log }: Ground): Promise<void> {
  if ('gatewayUrl' in message) heard.gatewayUrl = message.gatewayUrl;
  if (!('engineStates' in message)) return;
  heard.engines = message.engineStates;
  await models
    .reportEngines(message.engineStates)
    .catch((cause: unknown) => log.error('engines.report_failed', cause));
}
