import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { verifyReceipt } from '@kulning/verify';
import { startWitness } from '@kulning/verify/witness';

import { checkpointText } from '../src/core/ledger/checkpoint.ts';
import { EMPTY_ROOT, leafHash, rootOf } from '../src/core/ledger/merkle-tree.ts';
import { appendLeaves } from '../src/core/ledger/tile.ts';
import { createLedgerService } from '../src/features/proof/ledger-service.ts';
import { createWitnessFeeder } from '../src/features/proof/witness-feeder.ts';
import { createWitnessService } from '../src/features/proof/witness-service.ts';
import { silentLogger } from '../src/platform/log/logger.ts';
import { proofHarness, type ProofHarness } from './proof-harness.ts';

/**
 * An administrator who may do anything in SQL, and in the second part has the log's keys too, against someone who holds
 * a pinned key and knows a witness.
 */
let harness: ProofHarness;
let witness: Awaited<ReturnType<typeof startWitness>>;
let folder: string;
let admin: Client;

beforeEach(async () => {
  harness = await proofHarness();
  folder = await mkdtemp(join(tmpdir(), 'witness-'));
  witness = await startWitness({ logs: harness.vkeys, folder, port: 0 });
  await createWitnessService({ database: harness.database.app, clock: Date }).add(witness);
  await harness.calls(40);
  await feed();
  admin = new Client({ connectionString: harness.database.superuserUrl });
  await admin.connect();
});
afterEach(async () => {
  await admin.end();
  await witness.close();
  await harness.close();
  await rm(folder, { recursive: true });
});

const ledger = () =>
  createLedgerService({ database: harness.database.app, signer: harness.signer, instance: harness.instance });
const feed = () =>
  createWitnessFeeder({ database: harness.database.sequencer, clock: Date, log: silentLogger }).feedAll();
const witnessState = async () =>
  (await createWitnessService({ database: harness.database.app, clock: Date }).list())[0];
const check = async (id: string) => {
  const receipt = await harness.receipt(id);
  return verifyReceipt(receipt, { pinnedKeys: harness.vkeys, pinnedWitnesses: witness.vkeys });
};

/** Entry 0 is the log's own, entry 1 the witness's: `call_n` is entry n + 2. */
const entryOf = (call: number) => call + 2;

async function leafOf(index: number): Promise<Buffer> {
  const { rows } = await admin.query<{ leaf: Buffer }>(
    'select leaf from kulning.ledger_entry where index = $1',
    [index],
  );
  return rows[0]!.leaf;
}

async function setLeaf(index: number, leaf: Buffer): Promise<void> {
  await admin.query('update kulning.ledger_entry set leaf = $2 where index = $1', [index, leaf]);
}

async function edit(call: number): Promise<void> {
  const leaf = await leafOf(entryOf(call));
  await setLeaf(entryOf(call), Buffer.from(leaf.toString().replace('"public"', '"special"')));
}

/** Makes tiles and a signed head anew for whatever the entries now are, with the log's own keys. */
async function resign(): Promise<void> {
  const { rows } = await admin.query<{ leaf: Buffer; id: string; origin: string }>(
    `select leaf, log.id, origin from kulning.ledger_entry join kulning.ledger_log as log on log.id = log_id order by index`,
  );
  const hashes = rows.map(({ leaf }) => leafHash(leaf));
  const { id = '', origin = '' } = rows[0] ?? {};
  const checkpoint = { origin, size: hashes.length, root: rootOf(hashes) };
  await admin.query('delete from kulning.ledger_tile');
  for (const { level, index, hashes: tile } of appendLeaves(0, hashes, () => EMPTY_ROOT)) {
    await admin.query('insert into kulning.ledger_tile values ($1, $2, $3, $4)', [id, level, index, tile]);
  }
  await admin.query('delete from kulning.ledger_cosignature');
  await admin.query('delete from kulning.ledger_checkpoint');
  const note = `${checkpointText(checkpoint)}\n${harness.signer.sign(checkpoint, 1_900_000_000)}`;
  await admin.query('insert into kulning.ledger_checkpoint values ($1, $2, $3, now())', [
    id,
    hashes.length,
    note,
  ]);
}

describe('an administrator without the keys', () => {
  test('who does nothing is not accused', async () => {
    expect(await check('call_7')).toMatchObject({ verdict: 'verified', witnesses: [witness.name] });
    expect(await ledger().audit()).toMatchObject({ intact: true, size: 42 });
  });

  test('edits an entry: its receipt fails, the audit names it', async () => {
    await edit(7);
    expect(await check('call_7')).toMatchObject({ verdict: 'wrong', failure: { check: 'inclusion' } });
    expect(await ledger().audit()).toMatchObject({
      intact: false,
      damage: { what: 'entry', index: entryOf(7) },
    });
  });

  test('edits an entry and its hash: every receipt beside it fails too', async () => {
    await edit(7);
    const hash = Buffer.from(leafHash(await leafOf(entryOf(7))));
    await admin.query(
      'update kulning.ledger_tile set hashes = overlay(hashes placing $1 from $2) where level = 0',
      [hash, entryOf(7) * 32 + 1],
    );
    expect(await check('call_7')).toMatchObject({ failure: { check: 'inclusion' } });
    expect(await check('call_30')).toMatchObject({ failure: { check: 'inclusion' } });
    expect(await ledger().audit()).toMatchObject({ damage: { what: 'head' } });
  });

  test('deletes an entry: the receipt that was given out still convicts, the audit names the gap', async () => {
    const held = await harness.receipt('call_7');
    await admin.query('delete from kulning.ledger_entry where index = $1', [entryOf(7)]);
    await expect(check('call_7')).rejects.toThrow('no receipt');
    expect(
      (await verifyReceipt(held, { pinnedKeys: harness.vkeys, pinnedWitnesses: witness.vkeys })).verdict,
    ).toBe('verified');
    expect(await ledger().audit()).toMatchObject({ damage: { what: 'entry', index: entryOf(7) } });
  });

  test('deletes an entry and closes the gap: every later receipt fails', async () => {
    await admin.query('delete from kulning.ledger_entry where index = $1', [entryOf(7)]);
    for (let index = entryOf(8); index <= entryOf(39); index += 1) {
      await admin.query('update kulning.ledger_entry set index = index - 1 where index = $1', [index]);
    }
    expect((await check('call_6')).verdict).toBe('verified');
    expect(await check('call_8')).toMatchObject({ failure: { check: 'inclusion' } });
    expect(await ledger().audit()).toMatchObject({ damage: { what: 'entry', index: entryOf(7) } });
  });

  test('swaps two entries: both receipts fail', async () => {
    await admin.query('update kulning.ledger_entry set index = index + 1000 where index = any ($1)', [
      [entryOf(7), entryOf(8)],
    ]);
    await admin.query('update kulning.ledger_entry set index = $1 - (index - 1000) where index >= 1000', [
      entryOf(7) + entryOf(8),
    ]);
    expect(await check('call_7')).toMatchObject({ failure: { check: 'inclusion' } });
    expect(await check('call_8')).toMatchObject({ failure: { check: 'inclusion' } });
    expect(await ledger().audit()).toMatchObject({ damage: { what: 'entry', index: entryOf(7) } });
  });

  test('changes the signed head: no receipt verifies', async () => {
    await admin.query(
      String.raw`update kulning.ledger_checkpoint set note = regexp_replace(note, '\n42\n', E'\n41\n')`,
    );
    expect(await check('call_7')).toMatchObject({ failure: { check: 'signature' } });
    expect(await ledger().audit()).toMatchObject({ damage: { what: 'head' } });
  });
});

describe('an administrator with the keys of the log', () => {
  test('rewrites history and signs it: offline it looks true, the witness does not cosign it', async () => {
    const held = await harness.receipt('call_7');
    await edit(7);
    await resign();
    expect(
      (await verifyReceipt(await harness.receipt('call_7'), { pinnedKeys: harness.vkeys })).verdict,
    ).toBe('verified');
    await feed();
    expect(await witnessState()).toMatchObject({ state: 'inconsistent' });
    expect(await check('call_7')).toMatchObject({ verdict: 'wrong', failure: { check: 'witness' } });
    const pins = { pinnedKeys: harness.vkeys, pinnedWitnesses: witness.vkeys };
    expect((await verifyReceipt(held, pins)).verdict).toBe('verified');
  });

  test('rewrites history and lets it grow: the witness refuses the longer fork too', async () => {
    await edit(7);
    await resign();
    await harness.calls(10, 100);
    await feed();
    expect(await witnessState()).toMatchObject({ state: 'inconsistent' });
    expect(await check('call_101')).toMatchObject({ failure: { check: 'witness' } });
  });

  test('cuts off the end: the witness has seen more', async () => {
    await admin.query('delete from kulning.ledger_entry where index >= $1', [entryOf(30)]);
    await resign();
    await feed();
    expect(await witnessState()).toMatchObject({
      state: 'ahead',
      detail: { sv: expect.stringContaining('42') as string },
    });
    expect(await check('call_7')).toMatchObject({ failure: { check: 'witness' } });
  });

  test('cuts off the end and fills it with other entries: the witness sees the fork', async () => {
    await admin.query('delete from kulning.ledger_entry where index >= $1', [entryOf(30)]);
    await resign();
    await harness.calls(30, 500);
    await feed();
    expect(await witnessState()).toMatchObject({ state: 'inconsistent' });
  });
});
