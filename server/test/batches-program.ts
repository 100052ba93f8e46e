// A gateway process with batches for crash tests: one organisation, one engine, no limits.
// node batches-program.ts HOME SHARED DATABASE_URL ENGINE_URL HOLDER   prints its URL, ends on SIGTERM
import { join } from 'node:path';

import { createLogger, silentLogger } from '../src/platform/log/logger.ts';
import { openDatabase } from '../src/platform/postgres/database.ts';
import { openBatchGateway } from './batches-gateway.ts';
import { batchSnapshot } from './batches-snapshot.ts';

const [home = '', shared = '', url = '', engineUrl = '', holderId = ''] = process.argv.slice(2);
const database = openDatabase({ url, role: 'app', poolSize: 6, log: silentLogger });
const gateway = await openBatchGateway({
  home,
  keys: join(shared, 'keys'),
  blobs: join(shared, 'blobs'),
  database,
  snapshot: batchSnapshot(engineUrl),
  log: createLogger((line) => void process.stderr.write(line), Date.now),
  holderId,
});
process.stdout.write(`${gateway.url}\n`);
process.once('SIGTERM', () => {
  void gateway
    .close()
    .then(() => database.close())
    .finally(() => process.exit(0));
});
