// A gateway process for crash tests: real policy, vault, journal, limits and database; one organisation and one engine.
// node gateway-program.ts HOME DATABASE_URL ENGINE_URL   prints its URL, ends on SIGTERM
import { join } from 'node:path';

import { createCallJournal, createCallShipping } from '../src/features/calls/index.ts';
import { Dispatch } from '../src/features/dispatch/index.ts';
import { createGateway, GatewayMetrics, SnapshotKeeper } from '../src/features/gateway/index.ts';
import { createGatewayLimits, limitFacts } from '../src/features/limits/index.ts';
import { insertVaultRecords } from '../src/features/privacy/index.ts';
import { recordEvents } from '../src/features/proof/index.ts';
import { createIdSource, systemClock } from '../src/platform/id-source.ts';
import { openFileKeystore } from '../src/platform/keystore/file-keystore.ts';
import { createLogger, silentLogger } from '../src/platform/log/logger.ts';
import { openDatabase } from '../src/platform/postgres/database.ts';
import { nodeSpoolFiles } from '../src/platform/spool/spool-files.ts';
import { markOfThisProcess, spoolFolderName } from '../src/platform/spool/spool-process.ts';
import { adoptDeadSpools, SpoolShipper } from '../src/platform/spool/spool-shipper.ts';
import { SpoolWriter } from '../src/platform/spool/spool-writer.ts';
import { createEpochUse } from '../src/platform/vault/epoch-use.ts';
import { createVault } from '../src/platform/vault/keyring-vault.ts';
import { startShipper } from '../src/shipper-process.ts';
import { startTasks } from '../src/tasks.ts';
import { deployment, httpEndpoint, snapshotOf } from './gateway-snapshot.ts';

const [home = '', databaseUrl = '', engineUrl = ''] = process.argv.slice(2);
const now = () => Date.now();
const write = (line: string) => void process.stderr.write(line);
const log = createLogger(write, now);
const database = openDatabase({ url: databaseUrl, role: 'app', poolSize: 4, log: silentLogger });
const vault = createVault(await openFileKeystore(join(home, 'keys')));
const ids = createIdSource(systemClock);
const mark = await markOfThisProcess(ids.next('process'));
const root = join(home, 'spool');
const spool = new SpoolWriter({
  files: nodeSpoolFiles,
  directory: join(root, spoolFolderName(mark)),
  segmentBytes: 2 ** 20,
  maxSegments: 256,
  // Room for the ends of a thousand open calls.
  spareSegments: 8,
  onTrouble: (event, cause) => log.error(event, cause),
});
await spool.open();
const epochUse = createEpochUse();
const journal = createCallJournal(spool, epochUse);
const limits = createGatewayLimits({ database, processId: mark.processId, recordEvents, now, log });
const shipping = { database, recordEvents, insertVaultRecords };
await adoptDeadSpools(nodeSpoolFiles, root, createCallShipping(shipping));
const carrier = startShipper({ databaseUrl, log, clock: systemClock, write });
const shipper = new SpoolShipper(spool, mark.processId, carrier, (callIds) => journal.moved(callIds));
const timer = setInterval(() => void shipper.ship().catch((error: unknown) => log.error('ship', error)), 100);
const tasks = startTasks(limits.tasks, log);
const dispatch = new Dispatch({ sink: journal, now, seed: () => Math.floor(Math.random() * 2 ** 31) });
const snapshot = snapshotOf([{ deployment: deployment(), endpoint: httpEndpoint(engineUrl) }]);
const snapshots = new SnapshotKeeper({
  source: {
    load: async () => ({ ...snapshot, limits: await database.inInstance('test', limitFacts) }),
    watch: (changed) => database.listen('kulning_control', changed),
  },
  now,
  log,
  onSwap: () => undefined,
});
await snapshots.open();
const gateway = createGateway({
  dispatch,
  limits: limits.calls,
  vault,
  snapshots,
  now,
  log,
  ids,
  epochUse,
  loadKeys: (organisationId) => vault.load(organisationId),
  metrics: new GatewayMetrics(),
  maxBodyBytes: 2 ** 20,
  receiptOf: () => Promise.resolve(undefined),
  spoolFreeBytes: () => spool.freeBytes,
});
const { url } = await gateway.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`${url}\n`);
process.once('SIGTERM', () => {
  void (async () => {
    await gateway.close(5_000);
    clearInterval(timer);
    await tasks.stop();
    await spool.flush();
    await shipper.ship();
    await carrier.stop();
    await limits.close();
    await spool.close();
    await snapshots.close();
    await database.close();
    await dispatch.close();
    process.exit(0);
  })();
});
