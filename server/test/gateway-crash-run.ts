import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { sql } from 'kysely';

import type { Database } from '../src/platform/postgres/database.ts';
import { chanceOf } from './chance.ts';
import { secrets } from './gateway-snapshot.ts';
import { startUpstream } from './gateway-upstream.ts';

export interface GatewayCrashOptions {
  readonly kills: number;
  /** When each kill comes. */
  readonly seed: number;
  /** Empty and migrated. */
  readonly database: { readonly url: string; readonly app: Database; readonly sequencer: Database };
  readonly signal?: AbortSignal;
  readonly say?: (done: number) => void;
}

export interface GatewayCrashCount {
  /** Answers whose last byte arrived. */
  readonly finished: number;
  /** Requests that an engine saw. */
  readonly seen: number;
  readonly recorded: number;
  readonly interrupted: number;
  /** Answers that arrived whole and are not recorded as answered: must be none. */
  readonly lost: readonly string[];
  /** Requests that an engine saw and no record tells of: must be none. */
  readonly unrecorded: readonly string[];
  /** Calls with more or fewer than one leaf and one vault record: must be none. */
  readonly uneven: readonly string[];
  /** Folders of dead processes that were not taken over: must be none. */
  readonly spoolsLeft: number;
}

const callers = 12;

/** Kills a gateway process under load again and again, then counts from outside: callers and engine against the database. */
export async function gatewayCrashRun(options: GatewayCrashOptions): Promise<GatewayCrashCount> {
  const { kills, seed, database, signal, say } = options;
  const chance = chanceOf(seed);
  const upstream = await startUpstream();
  const home = await mkdtemp(join(tmpdir(), 'kulning-crash-'));
  const start = () => startProgram(home, database.url, upstream.url);
  try {
    await database.sequencer.inInstance('test', (trx) =>
      sql`insert into kulning.ledger_log (origin, opened_at, pseudonym_secret) values ('test/log', now(), ${Buffer.alloc(32, 1)})`.execute(
        trx,
      ),
    );
    const finished: string[] = [];
    for (let kill = 0; kill < kills; kill++) {
      signal?.throwIfAborted();
      const { url, child } = await start();
      const calling = Array.from({ length: callers }, (_, index) =>
        callUntilDeath(url, index % 2 === 0, finished),
      );
      const before = finished.length;
      while (finished.length < before + callers) await sleep(10);
      await sleep(chance.below(400));
      child.kill('SIGKILL');
      await Promise.all([...calling, ended(child)]);
      say?.(kill + 1);
    }
    const { child } = await start();
    child.kill('SIGTERM');
    await ended(child);
    const spools = await readdir(join(home, 'spool'));
    return {
      ...(await count(database.app, finished, upstream.requestIds)),
      spoolsLeft: Math.max(0, spools.length - 1), // the last process keeps its own
    };
  } finally {
    await upstream.close();
    await rm(home, { recursive: true });
  }
}

async function startProgram(home: string, databaseUrl: string, engineUrl: string) {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'gateway-program.ts'), home, databaseUrl, engineUrl],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (bytes: Buffer) => resolve(bytes.toString().trim()));
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}`)));
  });
  return { url, child };
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) =>
    child.exitCode === null && child.signalCode === null ? child.once('exit', () => resolve()) : resolve(),
  );
}

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

async function count(
  app: Database,
  finished: readonly string[],
  seen: readonly string[],
): Promise<Omit<GatewayCrashCount, 'spoolsLeft'>> {
  const { rows } = await app.inInstance('test', (trx) =>
    sql<{ id: string; outcome: string; leaves: number; records: number }>`select call.id, call.outcome,
      (select count(*)::int from kulning.ledger_outbox where event_id = call.id) as leaves,
      (select count(*)::int from kulning.vault_record as record where record.id = call.id) as records
      from kulning.call`.execute(trx),
  );
  const outcomes = new Map(rows.map(({ id, outcome }) => [id, outcome]));
  return {
    finished: finished.length,
    seen: seen.length,
    recorded: rows.length,
    interrupted: rows.filter(({ outcome }) => outcome === 'interrupted').length,
    lost: finished.filter((id) => outcomes.get(id) !== 'answered'),
    unrecorded: seen.filter((id) => !outcomes.has(id)),
    uneven: rows.filter(({ leaves, records }) => leaves !== 1 || records !== 1).map(({ id }) => id),
  };
}
