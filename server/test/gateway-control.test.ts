import { hash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createCallShipping } from '../src/features/calls/index.ts';
import { createSnapshotSource } from '../src/features/gateway/index.ts';
import { insertVaultRecords } from '../src/features/privacy/index.ts';
import { recordEvents } from '../src/features/proof/index.ts';
import { silentLogger } from '../src/platform/log/logger.ts';
import { type Database, openDatabase } from '../src/platform/postgres/database.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../src/platform/postgres/embedded-server.ts';
import { migrate } from '../src/platform/postgres/migrator.ts';
import { nodeSpoolFiles } from '../src/platform/spool/spool-files.ts';
import { carrierInto, SpoolShipper } from '../src/platform/spool/spool-shipper.ts';
import { deployment, httpEndpoint, snapshotOf } from './gateway-snapshot.ts';
import { startStage, type Stage } from './gateway-stage.ts';
import { startUpstream, type TestUpstream } from './gateway-upstream.ts';

/** A PostgreSQL of its own, because it is stopped and started. */
let home: string;
let postgres: EmbeddedPostgres;
let database: Database;
let upstream: TestUpstream;
let stage: Stage;
let ahead = 0;

const start = () => startEmbeddedPostgres({ home, log: silentLogger });

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'kulning-control-'));
  postgres = await start();
  await migrate({ url: postgres.url, log: silentLogger, release: '0.1.0' });
  const sequencer = openDatabase({ url: postgres.url, role: 'sequencer', poolSize: 1, log: silentLogger });
  await sequencer.inInstance('test', (trx) =>
    sql`insert into kulning.ledger_log (origin, opened_at, pseudonym_secret) values ('test/log', now(), ${Buffer.alloc(32, 1)})`.execute(
      trx,
    ),
  );
  await sequencer.close();
  database = openDatabase({ url: postgres.url, role: 'app', poolSize: 4, log: silentLogger });
  await database.inInstance('test', async (trx) => {
    await sql`insert into kulning.organisation (id, name, language, created_at) values ('org_test', 'Test', 'en', now())`.execute(
      trx,
    );
    for (const [secret, dataClass] of [
      ['kln_one', 'personal'],
      ['kln_two', 'internal'],
    ] as const)
      await sql`insert into kulning.api_key (id, organisation_id, name, hash, prefix, scopes, data_class, purpose, created_at)
        values (${secret}, 'org_test', 'test', ${hash('sha256', secret, 'buffer')}, 'kln_', '{calls:create}', ${dataClass}, 'general', now())`.execute(
        trx,
      );
  });
  upstream = await startUpstream();
  const fixed = snapshotOf([{ deployment: deployment(), endpoint: httpEndpoint(upstream.url) }]);
  const source = createSnapshotSource(database, {
    ground: () => Promise.resolve(fixed.ground),
    places: () => Promise.resolve(fixed.places),
    limits: () => Promise.resolve(fixed.limits),
    content: async () => () => undefined,
    restricted: () => Promise.resolve(fixed.restricted),
  });
  stage = await startStage(fixed, { source, now: () => Date.now() + ahead });
});
afterAll(async () => {
  await stage.close();
  await upstream.close();
  await database.close();
  await postgres.stop();
  await rm(home, { recursive: true });
});

async function status(key: string): Promise<number> {
  const body = JSON.stringify({ model: 'herd', messages: [{ role: 'user', content: 'hello' }] });
  const response = await fetch(`${stage.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body,
  });
  await response.text();
  return response.status;
}

describe('a gateway beside its database', () => {
  it('takes keys from it, and a revoked one no longer within a second', async () => {
    expect(await status('kln_one')).toBe(200);
    await database.inInstance('test', async (trx) => {
      await sql`insert into kulning.api_key (id, organisation_id, name, hash, prefix, scopes, data_class, purpose, created_at)
        select 'kln_short', organisation_id, name, ${hash('sha256', 'kln_short', 'buffer')}, prefix, scopes, data_class, purpose, created_at from kulning.api_key where id = 'kln_one'`.execute(
        trx,
      );
      await sql`select kulning.bump('keys')`.execute(trx);
    });
    await expect.poll(() => status('kln_short')).toBe(200);
    await database.inInstance('test', async (trx) => {
      await sql`update kulning.api_key set revoked_at = now() where id = 'kln_short'`.execute(trx);
      await sql`select kulning.bump('keys')`.execute(trx);
    });
    await expect.poll(() => status('kln_short'), { timeout: 1_000, interval: 20 }).toBe(401);
  });

  it('answers on while the database is gone, within the limits, and brings every call to it afterwards', async () => {
    const destination = createCallShipping({ database, recordEvents, insertVaultRecords });
    const shipper = new SpoolShipper(stage.spool, 'process_test', carrierInto(nodeSpoolFiles, destination));
    await postgres.stop();
    expect(await status('kln_one')).toBe(200);
    await expect(shipper.ship()).rejects.toThrow();
    ahead = 31_000;
    expect(await status('kln_one')).toBe(503);
    expect(await status('kln_two')).toBe(200);
    ahead = 9 * 60_000;
    expect(await status('kln_two')).toBe(200);
    ahead = 11 * 60_000;
    expect(await status('kln_two')).toBe(503);

    postgres = await start();
    ahead = 0;
    await expect.poll(() => status('kln_one'), { timeout: 20_000, interval: 100 }).toBe(200);
    await shipper.ship();
    const { rows } = await database.inInstance('test', (trx) =>
      sql<{
        calls: number;
      }>`select count(*)::int as calls from kulning.call where outcome = 'answered'`.execute(trx),
    );
    expect(rows[0]?.calls).toBe(upstream.requestIds.length);
  });
});
