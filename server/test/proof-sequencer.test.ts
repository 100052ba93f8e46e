import { sql } from 'kysely';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { verifyReceipt } from '@kulning/verify';

import { parseCheckpointText } from '../src/core/ledger/checkpoint.ts';
import { leafHash, rootOf } from '../src/core/ledger/merkle-tree.ts';
import { parseNote } from '../src/core/ledger/signed-note.ts';
import { tileIndexPath } from '../src/core/ledger/tile.ts';
import { createLedgerService } from '../src/features/proof/ledger-service.ts';
import { createSequencer } from '../src/features/proof/ledger-sequencer.ts';
import type { LedgerTables } from '../src/features/proof/ledger-tables.ts';
import { pruneHeads } from '../src/features/proof/proof-store.ts';
import { recordEvent } from '../src/features/proof/ledger-events.ts';
import { createLogSigner, generateLogKeys } from '../src/features/proof/log-signer.ts';
import { createTlogResources } from '../src/features/proof/tlog-resources.ts';
import { silentLogger } from '../src/platform/log/logger.ts';
import { testDatabase } from './database.ts';
import { organisationId, proofHarness, type ProofHarness } from './proof-harness.ts';

const quarters = { q4: Date.parse('2026-11-22T12:00:00Z'), q1: Date.parse('2027-01-01T00:00:00Z') };

let now = quarters.q4;
let harness: ProofHarness;
beforeEach(async () => {
  now = quarters.q4;
  harness = await proofHarness({ now: () => now });
});
afterEach(() => harness.close());

const anotherSequencer = (pollMs = 1000) =>
  createSequencer({
    database: harness.database.sequencer,
    signer: harness.signer,
    instance: harness.instance,
    clock: { now: () => now },
    log: silentLogger,
    batchSize: 20,
    lingerMs: 5,
    pollMs,
  });
const ledger = () =>
  createLedgerService({ database: harness.database.app, signer: harness.signer, instance: harness.instance });

/** Looks past every policy, as nobody in the product can. */
async function superuser<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: harness.database.superuserUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function entriesOf(origin: string): Promise<{ event_id: string | null; leaf: Buffer; kind: string }[]> {
  const { rows } = await superuser((client) =>
    client.query<{ event_id: string | null; leaf: Buffer; kind: string }>(
      `select event_id, leaf, kind from kulning.ledger_entry join kulning.ledger_log as log on log.id = log_id
       where origin = $1 order by index`,
      [origin],
    ),
  );
  return rows;
}

describe('sequencer', () => {
  test('gives each event one place, whoever writes and however many sequencers run', async () => {
    const sequencers = [anotherSequencer(), anotherSequencer(), anotherSequencer()];
    await Promise.all(sequencers.map((sequencer) => sequencer.start()));
    const ids = Array.from({ length: 160 }, (_, at) => `call_${at}`);
    await Promise.all(
      Array.from({ length: 8 }, async (_, writer) => {
        for (const id of ids.filter((_, at) => at % 8 === writer))
          await harness.record([harness.callEvent(id)]);
      }),
    );
    await vi.waitFor(async () => expect((await ledger().status()).pending).toBe(0), { timeout: 20_000 });
    await Promise.all(sequencers.map((sequencer) => sequencer.stop()));

    const { origin } = await ledger().status();
    const entries = await entriesOf(origin);
    const placed = entries.flatMap(({ event_id }) => event_id ?? []);
    expect(placed).toHaveLength(ids.length);
    expect(new Set(placed)).toEqual(new Set(ids));
    expect(await ledger().audit()).toMatchObject({ size: 161, intact: true });
  });

  test('signs only heads that are roots of the entries before them', async () => {
    for (let at = 0; at < 30; at += 1) await harness.calls(1 + (at % 20), at * 20);
    const { origin } = await ledger().status();
    const hashes = (await entriesOf(origin)).map(({ leaf }) => leafHash(leaf));
    const { rows } = await superuser((client) =>
      client.query<{ note: string }>('select note from kulning.ledger_checkpoint'),
    );
    expect(rows).toHaveLength(31);
    for (const { note } of rows) {
      const head = parseCheckpointText(parseNote(note)!.text)!;
      expect(Buffer.from(head.root)).toEqual(Buffer.from(rootOf(hashes.slice(0, head.size))));
    }
  });

  test('wakes up when something is recorded', async () => {
    const sequencer = anotherSequencer(3_600_000);
    await sequencer.start();
    await harness.record([harness.callEvent('call_1')]);
    await vi.waitFor(async () => expect((await harness.receipt('call_1')).status).toBe('sequenced'), {
      timeout: 20_000,
    });
    await sequencer.stop();
  });

  test('goes on after its connections were cut', async () => {
    const sequencer = anotherSequencer();
    await sequencer.start();
    for (let at = 0; at < 100; at += 1) {
      await harness.record([harness.callEvent(`call_${at}`)]);
      if (at % 20 === 10) {
        await superuser((client) =>
          client.query(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name like '%sequencer%' and datname = current_database()",
          ),
        );
      }
    }
    await vi.waitFor(async () => expect((await ledger().status()).pending).toBe(0), { timeout: 20_000 });
    await sequencer.stop();
    expect(await ledger().audit()).toMatchObject({ size: 101, intact: true });
  });
});

describe('recording an event', () => {
  test('commits with what happened, or not at all', async () => {
    const doomed = harness.database.app.inOrganisation(organisationId, async (trx) => {
      await recordEvent(trx, harness.callEvent('call_doomed'));
      throw new Error('the business failed');
    });
    await expect(doomed).rejects.toThrow('the business failed');
    await harness.sequencer.sequenceBatch();
    expect((await ledger().status()).size).toBe(1);
  });

  test('twice makes one entry, before sequencing and after', async () => {
    const event = harness.callEvent('call_1');
    await harness.record([event, event]);
    await harness.record([event]);
    await harness.sequencer.sequenceBatch();
    await harness.record([event]);
    await harness.sequencer.sequenceBatch();
    expect(await ledger().status()).toMatchObject({ size: 2, pending: 0 });
  });

  test('that slipped into the outbox after it was sequenced makes no second entry', async () => {
    await harness.calls(1);
    await superuser((client) =>
      client.query(
        'insert into kulning.ledger_outbox (event_id, kind, at, leaf) select event_id, kind, at, leaf from kulning.ledger_entry where event_id is not null',
      ),
    );
    await harness.sequencer.sequenceBatch();
    expect(await ledger().status()).toMatchObject({ size: 2, pending: 0 });
  });

  test('names the organisation by a pseudonym alone', async () => {
    await harness.calls(1);
    const [, { leaf }] = (await entriesOf((await ledger().status()).origin)) as [unknown, { leaf: Buffer }];
    expect(leaf.toString()).toMatch(/"org":"org:[0-9a-f]{32}"/);
    expect(leaf.toString()).not.toContain(organisationId);
  });

  test('is refused with a remedy before a log is open', async () => {
    const empty = await testDatabase();
    const early = empty.app.inOrganisation(organisationId, (trx) =>
      recordEvent(trx, harness.callEvent('call_1')),
    );
    await expect(early).rejects.toMatchObject({ code: 'ledger.not_open', retryable: true });
    await empty.close();
  });
});

describe('a log', () => {
  test('ends with its quarter: the next one begins with its last head, and one pin holds for both', async () => {
    await harness.calls(5);
    now = quarters.q1;
    await harness.calls(5, 100);
    const { logs, origin } = await ledger().status();
    expect(logs.map((log) => [log.origin, log.closedAt === null])).toEqual([
      ['example.org/kulning/2027q1', true],
      ['example.org/kulning/2026q4', false],
    ]);
    const old = await entriesOf('example.org/kulning/2026q4');
    expect(old.map(({ kind }) => kind)).toEqual([
      'log.opened',
      ...Array<string>(5).fill('call.answered'),
      'log.closed',
    ]);
    const [opened] = await entriesOf(origin);
    const root = Buffer.from(rootOf(old.map(({ leaf }) => leafHash(leaf)))).toString('base64');
    expect(JSON.parse(opened!.leaf.toString())).toMatchObject({
      origin,
      previous: { origin: 'example.org/kulning/2026q4', size: 7, root },
    });
    for (const id of ['call_2', 'call_102']) {
      expect((await verifyReceipt(await harness.receipt(id), { pinnedKeys: harness.vkeys })).verdict).toBe(
        'verified',
      );
    }
    const both = await harness.receipts.evidence(organisationId, {
      from: '2026-01-01T00:00:00Z',
      to: '2028-01-01T00:00:00Z',
    });
    expect(await verifyReceipt(both, { pinnedKeys: harness.vkeys })).toMatchObject({ verdict: 'verified' });
  });

  test('is not gone on with under the keys of another instance', async () => {
    await harness.calls(3);
    const before = await ledger().checkpoint();
    const stranger = createSequencer({
      database: harness.database.sequencer,
      signer: createLogSigner(generateLogKeys()),
      instance: 'example.org/another',
      clock: { now: Date.now },
      log: silentLogger,
    });
    const refused = { code: 'keys.wrong_log', message: expect.stringContaining('example.org/another') };
    await expect(stranger.openLog()).rejects.toMatchObject(refused);
    await expect(stranger.sequenceBatch()).rejects.toMatchObject(refused);
    await expect(stranger.restartLog()).rejects.toMatchObject(refused);
    expect(await ledger().checkpoint()).toBe(before);
  });

  test('that is started again after a restore leaves the old one as it was', async () => {
    await harness.calls(5);
    const before = await ledger().checkpoint();
    await harness.sequencer.restartLog();
    await harness.calls(5, 100);
    expect(await ledger().checkpoint('example.org/kulning/2026q4')).toBe(before);
    const { origin } = await ledger().status();
    expect(origin).toMatch(/^example\.org\/kulning\/2026q4\.[0-9a-f]{8}$/);
    const [opened] = await entriesOf(origin);
    expect(JSON.parse(opened!.leaf.toString())).toMatchObject({
      origin,
      previous: { origin: 'example.org/kulning/2026q4', size: 6 },
      reason: 'restored',
    });
    const tlog = createTlogResources({ database: harness.database.app, instance: harness.instance });
    const path = `/tlog/${origin.slice(harness.instance.length + 1)}/checkpoint`;
    expect(Buffer.from((await tlog(path, { entries: false }))?.body ?? []).toString()).toContain(origin);
    expect(
      (await verifyReceipt(await harness.receipt('call_102'), { pinnedKeys: harness.vkeys })).verdict,
    ).toBe('verified');
  });

  test('can be read as C2SP tiles and bundles, from which its root follows', async () => {
    await harness.calls(600);
    const tlog = createTlogResources({ database: harness.database.app, instance: harness.instance });
    const body = async (path: string) =>
      Buffer.from((await tlog(`/tlog/${path}`, { entries: true }))?.body ?? []);
    const head = parseCheckpointText(parseNote((await body('checkpoint')).toString())!.text)!;
    expect(head.size).toBe(601);
    const hashes: Uint8Array[] = [];
    for (const [index, width] of [
      [0, 256],
      [1, 256],
      [2, 89],
    ] as const) {
      const path = `${tileIndexPath(index)}${width === 256 ? '' : `.p/${width}`}`;
      const tile = await body(`tile/0/${path}`);
      const bundle = await body(`2026q4/../tile/entries/${path}`);
      expect(bundle).toHaveLength(0);
      const leaves = unbundle(await body(`2026q4/tile/entries/${path}`));
      expect(Buffer.concat(leaves.map(leafHash))).toEqual(tile);
      hashes.push(...leaves.map(leafHash));
    }
    expect(Buffer.from(rootOf(hashes))).toEqual(Buffer.from(head.root));
    expect(await body('tile/1/000.p/2')).toEqual(
      Buffer.concat([rootOf(hashes.slice(0, 256)), rootOf(hashes.slice(256, 512))]),
    );
    expect(await tlog('/tlog/tile/0/002', { entries: true })).toBeUndefined();
    expect(await tlog('/tlog/tile/0/002.p/90', { entries: true })).toBeUndefined();
    expect(await tlog('/tlog/tile/entries/000', { entries: false })).toBeUndefined();
  });

  test('keeps of old heads what is needed, and every receipt still verifies', async () => {
    for (let at = 0; at < 10; at += 1) await harness.calls(1, at);
    await superuser((client) =>
      client.query("update kulning.ledger_checkpoint set signed_at = now() - interval '1 day'"),
    );
    await harness.database.sequencer.withTables<LedgerTables>().inInstance('prune heads', pruneHeads);
    const { rows } = await superuser((client) => client.query('select size from kulning.ledger_checkpoint'));
    expect(rows).toEqual([{ size: '11' }]);
    expect(
      (await verifyReceipt(await harness.receipt('call_0'), { pinnedKeys: harness.vkeys })).verdict,
    ).toBe('verified');
  });

  test('proves consistency between any two of its sizes, and refuses others', async () => {
    await harness.calls(20);
    expect((await ledger().consistency({ from: 4, to: 21 })).proof.length).toBeGreaterThan(0);
    await expect(ledger().consistency({ from: 4, to: 22 })).rejects.toMatchObject({
      code: 'ledger.no_such_size',
      path: 'to',
    });
  });
});

describe('database roles', () => {
  test('neither the sequencer nor the app can change or delete an entry', async () => {
    await harness.calls(1);
    for (const role of [harness.database.sequencer, harness.database.app]) {
      for (const statement of [
        sql`update kulning.ledger_entry set leaf = '{}'`,
        sql`delete from kulning.ledger_entry`,
      ]) {
        const attempt = role.inInstance('attack', (trx) => statement.execute(trx));
        await expect(attempt).rejects.toMatchObject({ sqlState: '42501' });
      }
    }
  });

  test('an organisation sees its own entries and those of the instance', async () => {
    await harness.calls(3);
    const mine = await ledger().entries(organisationId, { start: 0, limit: 10 });
    const theirs = await ledger().entries('org_other', { start: 0, limit: 10 });
    expect(mine.items.map(({ kind }) => kind)).toEqual([
      'log.opened',
      ...Array<string>(3).fill('call.answered'),
    ]);
    expect(theirs.items.map(({ kind }) => kind)).toEqual(['log.opened']);
  });
});

function unbundle(bundle: Buffer): Buffer[] {
  const leaves: Buffer[] = [];
  for (let at = 0; at < bundle.length;) {
    const length = bundle.readUInt16BE(at);
    leaves.push(bundle.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return leaves;
}
