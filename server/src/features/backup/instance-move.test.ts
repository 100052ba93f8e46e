import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { silentLogger } from '../../platform/log/logger.ts';
import { withClient } from '../../platform/postgres/database-client.ts';
import { assertSchema } from '../../platform/postgres/migrator.ts';
import { fingerprint, insertRows, startTrial, type Trial } from '../../../test/backup-trial.ts';
import { moveInstance } from './instance-move.ts';
import { readTarget } from './restore-target.ts';

let trial: Trial;
beforeEach(async () => {
  trial = await startTrial();
});
afterEach(() => trial.close());

const row = { body: 'moved', raw: new Uint8Array([0, 255]), document: { a: 1 }, words: ['é', '\\'] };
const move = () =>
  moveInstance({
    from: trial.source.url,
    to: trial.target.url,
    release: '0.1.0',
    log: silentLogger,
    migrationsFolder: trial.migrations,
  });

test('everything is on the other server, and the old one takes no writes and says where to look', async () => {
  await insertRows(trial, [row, row]);
  const report = await move();
  expect(report.tables).toContainEqual({ name: 'trial_parent', rows: 3 });
  expect(await fingerprint(trial.target.url)).toEqual(await fingerprint(trial.source.url));
  await assertSchema(trial.target.app.kysely, '0.1.0', trial.migrations);
  await expect(insertRows(trial, [row])).rejects.toMatchObject({ code: 'database.denied' });
  await expect(assertSchema(trial.source.app.kysely, '0.1.0', trial.migrations)).rejects.toMatchObject({
    code: 'database.moved',
  });
});

test('no write that was acknowledged during the move is missing on the other side', async () => {
  const acknowledged: bigint[] = [];
  const write = async () => {
    const { rows } = await trial.source.app.inOrganisation('org_a', (trx) =>
      sql<{ id: bigint }>`insert into trial_parent (organisation_id) values ('org_a') returning id`.execute(
        trx,
      ),
    );
    acknowledged.push(...rows.map(({ id }) => id));
  };
  const writer = async () => {
    for (;;)
      if (
        await write().then(
          () => false,
          () => true,
        )
      )
        return;
  };
  const writers = Array.from({ length: 4 }, writer);
  await expect.poll(() => acknowledged.length, { timeout: 20_000 }).toBeGreaterThan(10);
  await move();
  await Promise.all(writers);
  const { rows } = await trial.target.app.inInstance('test', (trx) =>
    sql<{ id: bigint }>`select id from trial_parent`.execute(trx),
  );
  const there = new Set(rows.map(({ id }) => id));
  expect(acknowledged.filter((id) => !there.has(id))).toEqual([]);
});

test('a database that holds a Kulning is not moved into', async () => {
  await move();
  const before = await fingerprint(trial.target.url);
  await expect(
    moveInstance({
      from: trial.target.url,
      to: trial.source.url,
      release: '0.1.0',
      log: silentLogger,
      migrationsFolder: trial.migrations,
    }),
  ).rejects.toMatchObject({ code: 'move.not_empty' });
  expect(await fingerprint(trial.target.url)).toEqual(before);
});

test('a move that fails leaves the instance serving, and can be tried again', async () => {
  await insertRows(trial, [row]);
  await withClient(trial.source.url, 'app', async (client) => {
    await client.query(
      `begin; select set_config('kulning.organisation', 'org_a', true); insert into trial_parent (organisation_id) values ('org_a')`,
    );
    await expect(move()).rejects.toMatchObject({ code: 'database.timeout', retryable: true });
    expect(await withClient(trial.target.url, 'migrator', readTarget)).toBe('restoring');
    await client.query('commit');
  });
  await insertRows(trial, [row]);
  await move();
  expect(await fingerprint(trial.target.url)).toEqual(await fingerprint(trial.source.url));
});
