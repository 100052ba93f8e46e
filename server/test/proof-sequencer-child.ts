/**
 * A sequencer in a process of its own, which a test kills: proof-sequencer-child.ts URL KEYS [POINT NTH]
 * POINT is where it kills itself, as `kill -9` would, when it comes there for the NTH time.
 */
import { openLogIdentity } from '../src/features/proof/log-keys.ts';
import { createSequencer } from '../src/features/proof/ledger-sequencer.ts';
import { systemClock } from '../src/platform/id-source.ts';
import { silentLogger } from '../src/platform/log/logger.ts';
import { type Database, openDatabase } from '../src/platform/postgres/database.ts';

export const killPoints = ['before writing', 'before commit', 'after commit'] as const;
type KillPoint = (typeof killPoints)[number];

const [, , url = '', keys = '', point, nth = '0'] = process.argv;
let left = Number(nth);

function reached(here: KillPoint): void {
  if (here !== point) return;
  left -= 1;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
}

function withKillPoints(database: Database): Database {
  const wrapped: Database = {
    ...database,
    withTables: () => wrapped as never,
    async inInstance(reason, work) {
      const result = await database.inInstance(reason, async (trx) => {
        const done = await work(trx);
        if (done !== 0) reached('before commit');
        return done;
      });
      if (result !== 0) reached('after commit');
      return result;
    },
  };
  return wrapped;
}

if (url !== '') {
  const { instance, signer } = await openLogIdentity(keys, 'example.org/crash');
  const sequencer = createSequencer({
    database: withKillPoints(openDatabase({ url, role: 'sequencer', poolSize: 2, log: silentLogger })),
    signer: {
      ...signer,
      sign(checkpoint, unixSeconds) {
        reached('before writing');
        return signer.sign(checkpoint, unixSeconds);
      },
    },
    instance,
    clock: systemClock,
    log: silentLogger,
    batchSize: 10,
    lingerMs: 1,
  });
  await sequencer.start();
  process.stdout.write('ready\n');
}
