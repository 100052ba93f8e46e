import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { verifyReceipt } from '@kulning/verify';
import { startWitness } from '@kulning/verify/witness';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { createBackup, restoreBackup } from '../src/features/backup/index.ts';
import { recordEvents } from '../src/features/proof/ledger-events.ts';
import { createSequencer } from '../src/features/proof/ledger-sequencer.ts';
import { createLedgerService } from '../src/features/proof/ledger-service.ts';
import { createReceiptService } from '../src/features/proof/receipt-service.ts';
import { createWitnessFeeder } from '../src/features/proof/witness-feeder.ts';
import { createWitnessService } from '../src/features/proof/witness-service.ts';
import { openLocalBlobStore } from '../src/platform/blobs/local-blob-store.ts';
import { silentLogger } from '../src/platform/log/logger.ts';
import { release } from '../src/release.ts';
import { testDatabase, type TestDatabase } from './database.ts';
import { organisationId, proofHarness, type ProofHarness } from './proof-harness.ts';

let now = Date.parse('2026-11-22T12:00:00Z');
const clock = { now: () => now };
let folder: string;
let source: ProofHarness;
const targets: TestDatabase[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kln-twice-'));
  source = await proofHarness({ now: clock.now });
});
afterAll(async () => {
  await Promise.all([source.close(), ...targets.map((target) => target.close())]);
  await rm(folder, { recursive: true });
});

/** What an instance does with its ledger, on any database, under the keys of the one that was backed up. */
function ledgerOf(database: Pick<TestDatabase, 'app' | 'sequencer'>) {
  const { signer, instance } = source;
  const options = { database: database.app, signer, instance };
  const sequencer = createSequencer({ ...options, database: database.sequencer, clock, log: silentLogger });
  const receipts = createReceiptService({
    ...options,
    openSalt: (_, id) => Promise.resolve(source.salts.get(id) ?? null),
  });
  return {
    sequencer,
    ledger: createLedgerService(options),
    receipt: (id: string) => receipts.receiptById(organisationId, id),
    feeder: createWitnessFeeder({ database: database.sequencer, clock, log: silentLogger }),
    witnesses: createWitnessService({ database: database.app, clock }),
    async call(id: string) {
      const event = source.callEvent(id);
      await database.app.inOrganisation(organisationId, (trx) => recordEvents(trx, [event]));
      await sequencer.sequenceBatch();
    },
  };
}

async function restored(backup: string, name: string) {
  const target = await testDatabase({ through: 0 });
  targets.push(target);
  const ledger = ledgerOf(target);
  await restoreBackup({
    folder: backup,
    url: target.url,
    blobs: await openLocalBlobStore(join(folder, name)),
    emptyFolders: [],
    release,
    log: silentLogger,
    replayErasures: async () => 0,
    restartLog: () => ledger.sequencer.restartLog(),
  });
  return ledger;
}

test('one backup restored twice, and the instance that was backed up, go on side by side without a fork', async () => {
  await source.calls(5);
  const backup = join(folder, 'backup');
  const blobs = await openLocalBlobStore(join(folder, 'source'));
  await createBackup({ url: source.database.url, blobs, target: backup, release, now });
  const instances = [ledgerOf(source.database), await restored(backup, 'one'), await restored(backup, 'two')];
  const backedUp = { origin: 'example.org/kulning/2026q4', size: 6 };

  const witness = await startWitness({
    logs: source.vkeys,
    folder: join(folder, 'witness'),
    name: 'witness.example/w1',
    port: 0,
  });
  const origins = new Set<string>();
  for (const quarter of ['2026-11-30', '2027-02-01', '2027-05-01']) {
    now = Date.parse(quarter);
    for (const [at, instance] of instances.entries()) {
      const id = `call_${quarter}_${at}`;
      await instance.call(id);
      if (quarter === '2026-11-30')
        await instance.witnesses.add({ url: witness.url, vkeys: [...witness.vkeys] });
      await instance.feeder.feedAll();
      const report = await verifyReceipt((await instance.receipt(id)) ?? {}, { pinnedKeys: source.vkeys });
      expect(report.verdict).toBe('verified');
      origins.add((await instance.ledger.status()).origin ?? '');
      expect(await instance.ledger.audit()).toMatchObject({ intact: true });
    }
  }
  expect(origins.size).toBe(9);
  for (const instance of instances.slice(1)) {
    const { logs } = await instance.ledger.status();
    const origin = logs.find((log) => log.origin.startsWith(`${backedUp.origin}.`))?.origin;
    const [opened] = (await instance.ledger.entries(organisationId, { origin, start: 0, limit: 1 })).items;
    expect(opened).toMatchObject({ kind: 'log.opened' });
    expect(JSON.parse(Buffer.from(opened?.leaf ?? '', 'base64').toString())).toMatchObject({
      origin,
      reason: 'restored',
      previous: backedUp,
    });
  }
  expect((await readdir(join(folder, 'witness'))).filter((name) => name.endsWith('.conflict'))).toEqual([]);
  await witness.close();
});
