/**
 * The shipper of one gateway, in a process of its own: it reads the gateway's journal and moves it into the database, so
 * that batches of it never stand between the gateway and its callers. It is told what to carry over IPC, knows nothing
 * but the database, and ends with its gateway.
 */
import { KulningError } from '@kulning/sdk';

import { createCallShipping, createCallTracing, type TracingSettings } from './features/calls/index.ts';
import { insertVaultRecords } from './features/privacy/index.ts';
import { recordEvents } from './features/proof/index.ts';
import { systemClock } from './platform/id-source.ts';
import { createLogger } from './platform/log/logger.ts';
import { openDatabase } from './platform/postgres/database.ts';
import { onParentGone } from './platform/parent-process.ts';
import { nodeSpoolFiles } from './platform/spool/spool-files.ts';
import { carrierInto } from './platform/spool/spool-shipper.ts';
import { type FromShipper, type ToShipper, tracingVariable } from './shipper-process.ts';

const log = createLogger(
  (line) => void process.stdout.write(line),
  () => systemClock.now(),
  { process: 'shipper' },
);
const database = openDatabase({
  url: process.env['KULNING_DATABASE_URL'] ?? '',
  role: 'app',
  poolSize: 1,
  log,
});
const settings = process.env[tracingVariable];
const tracing =
  settings === undefined ? undefined : createCallTracing(JSON.parse(settings) as TracingSettings, log);
const carrier = carrierInto(
  nodeSpoolFiles,
  createCallShipping({ database, recordEvents, insertVaultRecords, onShipped: tracing?.onShipped }),
);
const reporting = tracing && setInterval(() => tell({ spans: tracing.counts() }), 1_000);

process.on('message', (message: ToShipper) => void carry(message));
const end = async () => {
  clearInterval(reporting);
  await tracing?.close();
  if (tracing) tell({ spans: tracing.counts() });
  await database.close().finally(() => process.exit());
};
process.once('SIGTERM', () => void end());
onParentGone(() => void end());
// A terminal's Ctrl-C reaches the whole group; the gateway still has calls to end, and says when this is done.
process.on('SIGINT', () => undefined);
tell({ ready: true });

async function carry({ id, stretch }: ToShipper): Promise<void> {
  try {
    tell({ id, carried: await carrier.carry(stretch) });
  } catch (cause) {
    log.error('shipper.failed', cause);
    tell({ id, refused: cause instanceof KulningError ? cause.code : 'shipper.failed' });
  }
}

function tell(message: FromShipper): void {
  if (process.connected) process.send?.(message);
}
