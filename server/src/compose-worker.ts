import { Hono } from 'hono';

import { openBackground, openLog } from './compose-background.ts';
import { composeFeatures } from './compose-features.ts';
import { openGround, placesOf } from './compose.ts';
import type { Config } from './config.ts';
import { openLogIdentity } from './features/proof/index.ts';
import { addHealth } from './health.ts';
import { serveHttp } from './platform/http/http-server.ts';
import { holderIdOf, keyEpochWatcher } from './platform/vault/key-epoch-watcher.ts';
import type { Role } from './serve.ts';
import { tellParent } from './up/messages.ts';

const drainMs = 5_000;

/** A worker process: the background work of the instance, or a stand-in for the process that does it. */
export async function composeWorker(config: Config): Promise<Role> {
  const ground = await openGround(config, 'worker', {
    liveStates: () => [],
    decisionOf: (organisationId, callId) => features.calls.decisionOf(organisationId, callId),
  });
  const { log, database, vault, keystore } = ground;
  await database.inInstance('where this process stands', (trx) => placesOf(trx, ground.sites, config.site));
  const logIdentity = await openLogIdentity(config.keys);
  await openLog(ground, logIdentity);
  const holderId = holderIdOf('worker', config.worker.port);
  const keys = await keyEpochWatcher({ database, keystore, vault, holderId, log });
  const features = composeFeatures(ground, logIdentity);
  const background = openBackground(ground, features, logIdentity, 'worker');
  const app = new Hono();
  addHealth(app, background);
  const server = await serveHttp(app, config.worker, 'worker.port');
  tellParent({ ready: true, url: server.url });
  log.info('worker.ready', { url: server.url, site: config.site });
  return {
    close: async () => {
      await background.close();
      await Promise.all([server.close(drainMs), keys.close()]);
      await database.close();
      vault.close();
    },
  };
}
