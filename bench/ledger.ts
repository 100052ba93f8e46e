// How many entries a second the ledger takes, beside the same rows in a plain table: a real PostgreSQL, fsync on.
import { sql } from 'kysely';

import type { LedgerEvent } from '../server/src/core/ledger/leaf.ts';
import { leafHash } from '../server/src/core/ledger/merkle-tree.ts';
import { appendLeaves, rangeHash, tileKey } from '../server/src/core/ledger/tile.ts';
import { createSequencer } from '../server/src/features/proof/ledger-sequencer.ts';
import { recordEvents } from '../server/src/features/proof/ledger-events.ts';
import { createLogSigner, generateLogKeys } from '../server/src/features/proof/log-signer.ts';
import { systemClock } from '../server/src/platform/id-source.ts';
import { silentLogger } from '../server/src/platform/log/logger.ts';
import { ownDatabase } from '../server/test/own-database.ts';
import { type Figure, report } from './figure.ts';

const own = await ownDatabase();
const [app, sequencerPool, migrator] = [own.open('app'), own.open('sequencer'), own.open('migrator')];
await sql`create table kulning.bench_plain (id text primary key, leaf bytea not null)`.execute(
  migrator.kysely,
);
await sql`grant insert on kulning.bench_plain to kulning_app`.execute(migrator.kysely);

let made = 0;
const events = (count: number) =>
  Array.from({ length: count }, (): LedgerEvent => {
    made += 1;
    const commitments = { salt: 'sha256:'.padEnd(71, 'a'), request: 'hmac-sha256:'.padEnd(76, 'b') };
    const body = {
      class: 'internal',
      purpose: 'triage',
      decision: { outcome: 'placed', site: 'site_1' },
      commitments,
    };
    return {
      kind: 'call.answered',
      at: '2026-11-22T12:00:00.000Z',
      organisation: 'org_1',
      id: `call_${made}`,
      body,
    };
  });

const figures: Figure[] = [];
console.log('entries per head   plain insert /s   record /s   sequence /s   ms per signed head');
for (const [batchSize, total] of [
  [1, 200],
  [10, 2000],
  [100, 10_000],
  [1000, 20_000],
] as const) {
  const sequencer = createSequencer({
    database: sequencerPool,
    signer: createLogSigner(generateLogKeys()),
    instance: 'bench',
    clock: systemClock,
    log: silentLogger,
    batchSize,
  });
  await sequencer.sequenceBatch();
  const batches = Array.from({ length: total / batchSize }, () => events(batchSize));

  const plain = await seconds(async () => {
    for (const batch of batches) {
      const ids = batch.map(({ id }) => id);
      const leaves = batch.map((event) => Buffer.from(JSON.stringify(event)));
      await app.inOrganisation('org_1', (trx) =>
        sql`insert into kulning.bench_plain select * from unnest(${ids}::text[], ${leaves}::bytea[])`.execute(
          trx,
        ),
      );
    }
  });
  const record = await seconds(async () => {
    for (const batch of batches) await app.inOrganisation('org_1', (trx) => recordEvents(trx, batch));
  });
  const sequence = await seconds(async () => {
    for (let done: number | 'busy' = batchSize; done === batchSize;) done = await sequencer.sequenceBatch();
  });
  const perHead = ((sequence * 1000) / batches.length).toFixed(2);
  if (batchSize >= 100) figures.push(...figuresOf(batchSize, total, { plain, record, sequence }));
  const rates = [plain, record, sequence].map((time) => Math.round(total / time).toLocaleString('en'));
  console.log(
    `${String(batchSize).padStart(16)}${rates.map((rate) => rate.padStart(14)).join('')}${perHead.padStart(21)}`,
  );
}

const hashes = Array.from({ length: 100_000 }, (_, at) => leafHash(Buffer.alloc(256, at)));
const cpu = await seconds(async () => {
  const tiles = new Map<string, Uint8Array>();
  const read = (address: { level: number; index: number }) =>
    tiles.get(tileKey(address)) ?? new Uint8Array(0);
  for (let at = 0; at < hashes.length; at += 1000) {
    for (const tile of appendLeaves(at, hashes.slice(at, at + 1000), read))
      tiles.set(tileKey(tile), tile.hashes);
    rangeHash({ start: 0, end: at + 1000 }, read);
  }
});
console.log(
  `tree alone, in memory, heads of 1,000: ${Math.round(100_000 / cpu).toLocaleString('en')} leaves/s`,
);

await own.close();
report(figures);

async function seconds(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** DESIGN §5 promises 10,000 entries a second in batches: that is recording and sequencing, whichever is slower. */
function figuresOf(
  batchSize: number,
  total: number,
  { plain, record, sequence }: Readonly<Record<'plain' | 'record' | 'sequence', number>>,
): Figure[] {
  const beside = { what: 'plain insert', value: total / plain };
  const rate = (what: string, seconds: number): Figure => ({
    what: `ledger: ${what}, ${batchSize.toLocaleString('en')} entries at a time`,
    value: total / seconds,
    unit: '/s',
    beside,
    ...(batchSize === 1000 && { target: { atLeast: 10_000 } }),
  });
  return [rate('record', record), rate('sequence and sign', sequence)];
}
