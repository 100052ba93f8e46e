import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createCallJournal, createCalls, createCallShipping } from '../src/features/calls/index.ts';
import type { BegunCall, CallRoute, CallSettlement } from '../src/features/dispatch/index.ts';
import { insertVaultRecords } from '../src/features/privacy/index.ts';
import { recordEvents } from '../src/features/proof/ledger-events.ts';
import { silentLogger } from '../src/platform/log/logger.ts';
import { nodeSpoolFiles } from '../src/platform/spool/spool-files.ts';
import { recoverFrames } from '../src/platform/spool/spool-reader.ts';
import { carrierInto, SpoolShipper } from '../src/platform/spool/spool-shipper.ts';
import { SpoolWriter } from '../src/platform/spool/spool-writer.ts';
import { type TestDatabase, testDatabase } from './database.ts';

const organisationId = 'org_shipping';
const processId = 'process_shipping';
let database: TestDatabase;
let home: string;

beforeAll(async () => {
  database = await testDatabase();
  await database.sequencer.inInstance('test', (trx) =>
    sql`insert into kulning.ledger_log (origin, opened_at, pseudonym_secret) values ('test/log', now(), ${Buffer.alloc(32, 1)})`.execute(
      trx,
    ),
  );
});
afterAll(() => database.close());
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'kulning-shipping-'));
  await database.migrator.inInstance('test', (trx) =>
    sql`truncate kulning.call, kulning.usage_hour, kulning.usage_refusal, kulning.call_begun, kulning.spool_offset, kulning.vault_record, kulning.record_subject, kulning.ledger_outbox cascade`.execute(
      trx,
    ),
  );
  return () => rm(home, { recursive: true });
});

const shipping = () => createCallShipping({ database: database.app, recordEvents, insertVaultRecords });

async function openSpool(spareSegments = 2) {
  const writer = new SpoolWriter({
    files: nodeSpoolFiles,
    directory: home,
    segmentBytes: 2 ** 20,
    maxSegments: 8,
    spareSegments,
    onTrouble: () => undefined,
  });
  await writer.open();
  return writer;
}

const route: CallRoute = {
  rules: ['eea-only'],
  placed: {
    siteId: 'site_a',
    deploymentId: 'deployment_a',
    engine: { id: 'engine_a', kind: 'llama' },
    modelVersion: 'version_a',
    path: [{ role: 'engine', siteId: 'site_a', site: 'a', country: 'SE', simulated: false, tier: 'T0' }],
  },
};
const intentOf = (callId: string): BegunCall => ({
  callId,
  at: Date.parse('2026-06-01T10:00:00Z'),
  keyId: 'key_one',
  streamed: false,
  decision: {
    request: {
      callId,
      organisationId,
      organisation: { demonstration: false },
      model: 'herd',
      dataClass: 'personal',
      purpose: 'general',
      demonstration: false,
      ingressSiteId: 'site_a',
      storageSiteIds: [],
      backupSiteIds: [],
    },
    inputs: { now: 1, inFlight: {}, breakers: {}, seed: 7 },
    facts: 'sha256:f',
    policy: 'sha256:p',
  },
  route,
  commitments: { salt: 'sha256:s', request: 'hmac-sha256:r' },
  sealed: { epoch: 1, wrappedKey: 'AAAA', nonce: 'AAAA', ciphertext: 'AAAA' },
  subjects: [{ index: 'blind', origin: 'named', strength: 'strong' }],
  retentionDays: null,
});
const settlementOf = (callId: string): CallSettlement => ({
  callId,
  at: Date.parse('2026-06-01T10:00:01Z'),
  outcome: 'answered',
  status: 200,
  tokens: { input: 3, output: 4 },
  energy: { value: 0.1, unit: 'Wh', provenance: 'declared', method: 'm' },
  carbon: { value: null, unit: 'g', provenance: 'unknown', method: 'm' },
  response: 'hmac-sha256:a',
  totalMs: 12.5,
  overheadMs: 0.4,
});

async function count() {
  const { rows } = await database.app.inInstance('test', (trx) =>
    sql<{ calls: number; begun: number; outbox: number; records: number; subjects: number }>`select
      (select count(*)::int from kulning.call) as calls, (select count(*)::int from kulning.call_begun) as begun,
      (select count(*)::int from kulning.ledger_outbox) as outbox, (select count(*)::int from kulning.vault_record) as records,
      (select count(*)::int from kulning.record_subject) as subjects`.execute(trx),
  );
  return rows[0];
}

describe('the journal’s way into the database', () => {
  it('ships each call once: its row, its ledger entry and its vault record, and the console finds it', async () => {
    const writer = await openSpool();
    const journal = createCallJournal(writer);
    const shipper = new SpoolShipper(writer, processId, carrierInto(nodeSpoolFiles, shipping()));
    for (const id of ['call_1', 'call_2', 'call_3']) await journal.intent(intentOf(id));
    await journal.settle(settlementOf('call_1'));
    await shipper.ship();
    expect(await count()).toEqual({ calls: 1, begun: 2, outbox: 1, records: 1, subjects: 1 });
    await journal.settle(settlementOf('call_2'));
    await journal.settle(settlementOf('call_3'));
    await shipper.ship();
    await shipper.ship();
    expect(await count()).toEqual({ calls: 3, begun: 0, outbox: 3, records: 3, subjects: 3 });
    await writer.close();

    const calls = createCalls({
      database: database.app,
      clock: { now: Date.now },
      log: silentLogger,
      siteNames: async () => new Map([['site_a', 'Site A']]),
    });
    const routeOf = (id: string) => calls.routes.find(({ operation }) => operation.id === id);
    const [list, get] = [routeOf('calls.list'), routeOf('calls.get')];
    const context = { caller: { organisationId } } as never;
    const page = (await list!.handle({ query: { limit: 2 } } as never, context)) as {
      items: { id: string }[];
      next: string;
    };
    expect(page.items.map(({ id }) => id)).toEqual(['call_3', 'call_2']);
    const rest = (await list!.handle(
      { query: { limit: 2, cursor: page.next } } as never,
      context,
    )) as typeof page;
    expect(rest).toEqual({
      items: [
        expect.objectContaining({
          id: 'call_1',
          site: { id: 'site_a', name: 'Site A', simulated: false },
          inputTokens: 3,
          latencyMs: 12.5,
        }),
      ],
    });
    expect(await get!.handle({ params: { callId: 'call_1' } } as never, context)).toMatchObject({
      outcome: 'answered',
      rules: ['eea-only'],
      energy: { value: 0.1 },
      carbon: { value: null },
    });
    expect(await calls.decisionOf(organisationId, 'call_1')).toEqual(intentOf('call_1').decision);
    expect(await calls.decisionOf('org_other', 'call_1')).toBeUndefined();
  });

  it('counts frames once, whoever delivers them again, and calls what has no end interrupted', async () => {
    const writer = await openSpool();
    const journal = createCallJournal(writer);
    for (const id of ['call_1', 'call_2', 'call_3']) await journal.intent(intentOf(id));
    await journal.settle(settlementOf('call_2'));
    await new SpoolShipper(writer, processId, carrierInto(nodeSpoolFiles, shipping())).ship();
    await journal.settle(settlementOf('call_3'));
    await writer.close();
    const adopt = async () => {
      for await (const frames of recoverFrames(nodeSpoolFiles, home))
        await shipping().deliver(processId, frames);
    };
    await Promise.all([adopt(), adopt()]);
    await shipping().conclude(processId);
    expect(await count()).toEqual({ calls: 3, begun: 0, outbox: 3, records: 3, subjects: 3 });
    const { rows } = await database.app.inInstance('test', (trx) =>
      sql<{ id: string; outcome: string }>`select id, outcome from kulning.call order by id`.execute(trx),
    );
    expect(rows.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual([
      'call_1 interrupted',
      'call_2 answered',
      'call_3 answered',
    ]);
  });

  it('moves nothing when the ledger cannot take it, and everything later; segments go when they are empty', async () => {
    const writer = await openSpool(4);
    const journal = createCallJournal(writer);
    let broken = true;
    const destination = createCallShipping({
      database: database.app,
      insertVaultRecords,
      recordEvents: (trx, events) => (broken ? Promise.reject(new Error('away')) : recordEvents(trx, events)),
    });
    const shipper = new SpoolShipper(writer, processId, carrierInto(nodeSpoolFiles, destination));
    for (let index = 0; index < 1200; index++) {
      await Promise.all([
        journal.intent(intentOf(`call_${index}`)),
        journal.settle(settlementOf(`call_${index}`)),
      ]);
    }
    expect(writer.segments.length).toBeGreaterThan(1);
    await expect(shipper.ship()).rejects.toThrow('away');
    expect(await count()).toMatchObject({ calls: 0, outbox: 0, records: 0 });
    broken = false;
    await shipper.ship();
    expect(await count()).toMatchObject({ calls: 1200, outbox: 1200, records: 1200 });
    expect(writer.segments.length).toBe(1);
    await writer.close();
  });
});
