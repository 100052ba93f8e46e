import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { KulningError } from '@kulning/sdk';

import { type Background, openBackground, openLog } from './compose-background.ts';
import { composeFeatures, type Features } from './compose-features.ts';
import { type Ground, openGround, shippedModel } from './compose.ts';
import type { Config } from './config.ts';
import type { EngineState } from './core/engine/engine.ts';
import type { Demo } from './features/demo/index.ts';
import type { Identity } from './features/identity/index.ts';
import { createInstanceRoutes } from './features/instance/index.ts';
import { openLogIdentity } from './features/proof/index.ts';
import { addHealth } from './health.ts';
import { createApi } from './platform/http/api-router.ts';
import { createGatewayForwarder } from './platform/http/forwarder.ts';
import { type ListenAddress, serveHttp } from './platform/http/http-server.ts';
import type { Caller, Route } from './platform/http/route.ts';
import { serveStaticFiles } from './platform/http/static-files.ts';
import { serveTlog } from './platform/http/tlog.ts';
import { inTurn } from './platform/postgres/leadership.ts';
import { holderIdOf, keyEpochWatcher } from './platform/vault/key-epoch-watcher.ts';
import { release } from './release.ts';
import type { Role } from './serve.ts';
import { isSupervised, tellParent, type ToControl } from './up/messages.ts';

const consoleFolder = fileURLToPath(new URL('../../console/dist', import.meta.url));
const verifier = fileURLToPath(new URL('../../packages/verify/src/verify.mjs', import.meta.url));
const drainMs = 10_000;

/** What the supervisor told this process last. */
interface Heard {
  engines: readonly EngineState[];
  gatewayUrl: string | undefined;
}

/** A control process: admin API and console; and the background work, unless another process does it already. */
export async function composeControl(config: Config): Promise<Role> {
  const heard: Heard = { engines: [], gatewayUrl: isSupervised ? undefined : addressOf(config.gateway) };
  const ground = await openGround(config, 'control', {
    liveStates: () => heard.engines,
    decisionOf: (organisationId, callId) => features.calls.decisionOf(organisationId, callId),
    migrates: !isSupervised,
  });
  const { log, database, keystore, vault } = ground;
  const logIdentity = await openLogIdentity(config.keys);
  await openLog(ground, logIdentity);
  const holderId = holderIdOf('control', config.control.port);
  const keys = await keyEpochWatcher({ database, keystore, vault, holderId, log });

  const features = composeFeatures(ground, logIdentity);
  const firstStart = await inTurn(ground.databaseUrl, 'first start', () => prepare(ground, features));
  const background = openBackground(ground, features, logIdentity, 'control');
  const servers = await listen(ground, heard, features, background);
  const control = await database.listen('kulning_control', () => void desireEngines(ground));
  process.on('message', (message) => void hear(message as ToControl, heard, ground));

  const { token } = await features.identity.prepareClaim();
  await desireEngines(ground);
  tellParent({ claimToken: token ?? null, firstStart });
  tellParent({ ready: true, url: servers.url });
  if (!isSupervised && token !== undefined) showClaim(config.control.publicUrl ?? servers.url, token);
  log.info('control.ready', { url: servers.url, site: config.site });
  return {
    close: async () => {
      // Their answers have no end of their own.
      await features.calls.close();
      await servers.close();
      await Promise.all([background.close(), control.close(), keys.close()]);
      await database.close();
      vault.close();
    },
  };
}

/** With nobody above it to say so, this process itself tells the terminal who may claim. The log never holds it. */
function showClaim(url: string, token: string): void {
  process.stderr.write(`${url}/claim#${token}\n`);
}

function routesOf(ground: Ground, heard: Heard, features: Features): readonly Route[] {
  const { identity, demo, calls, content, files, batches, limits, usage, proof, privacy, backup } = features;
  const { sites, models, placements } = ground;
  const slices = [
    identity,
    demo,
    sites,
    models,
    placements,
    calls,
    content,
    files,
    batches,
    limits,
    usage,
    proof,
    privacy,
    backup,
  ];
  return [...slices.flatMap(({ routes }) => routes), ...composeInstance(ground, heard, features)];
}

function composeInstance(
  { config, database, sites }: Ground,
  heard: Heard,
  { identity, demo, backup }: Features,
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
    hasBackups: async () => (await backup.service.list()).length > 0,
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

async function listen(ground: Ground, heard: Heard, features: Features, background: Background) {
  const { config, ids, log } = ground;
  const { identity, demo, proof } = features;
  const routes = routesOf(ground, heard, features);
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
  addHealth(app, background);
  serveTlog(app, proof.tlog);
  serveStaticFiles(app, consoleFolder, { '/verify.mjs': verifier });
  const forward = createGatewayForwarder(() => heard.gatewayUrl);
  const tcp = await serveHttp(app, config.control, 'control.port', forward);
  const operatorSocket = join(ground.folders.run, 'operator.sock');
  const socket = await serveHttp(api(operatorOf(identity, demo)), operatorSocket, 'home', forward).catch(
    (cause: unknown) => {
      // Another control process of this home answers the operator; one beside it need not.
      if (isSupervised || !(cause instanceof KulningError) || cause.code !== 'port.taken') throw cause;
      log.info('control.operator_elsewhere');
      return undefined;
    },
  );
  return { url: tcp.url, close: () => Promise.all([tcp.close(drainMs), socket?.close(drainMs)]) };
}

/** Where a gateway of this machine listens, unless its port is left to chance. */
function addressOf({ host, port }: ListenAddress): string | undefined {
  return port === 0 ? undefined : `http://${host}:${port}`;
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
