import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type TestDatabase, testDatabase } from './database.ts';
import { secrets } from './gateway-snapshot.ts';
import { startUpstream, type TestUpstream } from './gateway-upstream.ts';

/** The proof at full scale sets this to hundreds. */
const kills = Number(process.env['KULNING_PROVE_KILLS'] ?? 4);
const callers = 12;

let database: TestDatabase;
let upstream: TestUpstream;
let home: string;

beforeAll(async () => {
  database = await testDatabase();
  upstream = await startUpstream();
  home = await mkdtemp(join(tmpdir(), 'kulning-crash-'));
  await database.sequencer.inInstance('test', (trx) =>
    sql`insert into kulning.ledger_log (origin, opened_at, pseudonym_secret) values ('test/log', now(), ${Buffer.alloc(32, 1)})`.execute(
      trx,
    ),
  );
});
afterAll(async () => {
  await upstream.close();
  await database.close();
  await rm(home, { recursive: true });
});

async function startProgram(): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'gateway-program.ts'), home, database.url, upstream.url],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (bytes: Buffer) => resolve(bytes.toString().trim()));
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}`)));
  });
  return { url, child };
}

const ended = (child: ChildProcess) =>
  new Promise<void>((resolve) =>
    child.exitCode === null && child.signalCode === null ? child.once('exit', () => resolve()) : resolve(),
  );

/** Calls until the process dies. Notes each answer whose last byte arrived. */
async function callUntilDeath(url: string, stream: boolean, finished: string[]): Promise<void> {
  const body = JSON.stringify({
    model: 'herd',
    stream,
    messages: [{ role: 'user', content: stream ? 'slowly 2' : 'hello' }],
  });
  for (;;) {
    try {
      const response = await fetch(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secrets.internal}` },
        body,
      });
      const text = await response.text();
      const whole =
        response.status === 200 && (stream ? text.endsWith('data: [DONE]\n\n') : text.endsWith('}'));
      if (whole) finished.push(response.headers.get('x-kulning-receipt') ?? '');
    } catch {
      return; // the process was killed; half an answer does not count
    }
  }
}

describe('a gateway that is killed under load', () => {
  it(`loses and doubles no call in ${kills} kills: every answer that ended, and every request an engine saw, is on record`, async () => {
    const finished: string[] = [];
    for (let kill = 0; kill < kills; kill++) {
      const { url, child } = await startProgram();
      const calling = Array.from({ length: callers }, (_, index) =>
        callUntilDeath(url, index % 2 === 0, finished),
      );
      const before = finished.length;
      while (finished.length < before + callers) await sleep(10);
      await sleep(Math.random() * 400);
      child.kill('SIGKILL');
      await Promise.all([...calling, ended(child)]);
    }
    const { child } = await startProgram();
    child.kill('SIGTERM');
    await ended(child);

    const { rows } = await database.app.inInstance('test', (trx) =>
      sql<{ id: string; outcome: string; leaves: number; records: number }>`select call.id, call.outcome,
        (select count(*)::int from kulning.ledger_outbox where event_id = call.id) as leaves,
        (select count(*)::int from kulning.vault_record as record where record.id = call.id) as records
        from kulning.call`.execute(trx),
    );
    const outcomes = new Map(rows.map(({ id, outcome }) => [id, outcome]));
    expect(finished.length).toBeGreaterThanOrEqual(kills * callers);
    expect(finished.filter((id) => outcomes.get(id) !== 'answered')).toEqual([]);
    expect(upstream.requestIds.filter((id) => !outcomes.has(id))).toEqual([]);
    expect(outcomes.size).toBe(rows.length);
    expect(rows.filter(({ leaves, records }) => leaves !== 1 || records !== 1)).toEqual([]);
    expect(rows.some(({ outcome }) => outcome === 'interrupted')).toBe(true);
    expect((await readdir(join(home, 'spool'))).length).toBeLessThanOrEqual(1);
  }, 300_000);
});
