import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { sql } from 'kysely';
import OpenAI from 'openai';

import { secretOf } from './batches-snapshot.ts';
import { linesIn, openTestLog, request, type ResultOfTest, uploadText } from './batches-stage.ts';
import { chanceOf } from './chance.ts';
import type { TestDatabase } from './database.ts';
import { startUpstream } from './gateway-upstream.ts';

export interface BatchesCrashCount {
  readonly requests: number;
  /** Requests that came to the engine; more than there are, by those that a kill interrupted. */
  readonly seen: number;
  readonly status: string;
  /** Names without a line in either file: must be none. */
  readonly lost: readonly string[];
  /** Names with more than one: must be none. */
  readonly doubled: readonly string[];
  /** Lines whose receipt is not that of an answered call: must be none. */
  readonly unproved: readonly string[];
  /** Requests that an engine saw and no record tells of: must be none. */
  readonly unrecorded: readonly string[];
  /** Rows and results of lines that are left when the batch has ended: must be none. */
  readonly left: number;
}

interface Running {
  readonly url: string;
  readonly child: ChildProcess;
}

/** Two gateways share a batch and are killed at random moments, one or both; then all is counted from outside. */
export async function batchesCrashRun(options: {
  readonly kills: number;
  readonly requests: number;
  readonly seed: number;
  readonly database: TestDatabase;
}): Promise<BatchesCrashCount> {
  const { kills, requests, seed, database } = options;
  const chance = chanceOf(seed);
  const upstream = await startUpstream();
  const shared = await mkdtemp(join(tmpdir(), 'kulning-batches-'));
  const start = (index: number) => startProgram(shared, index, database.url, upstream.url);
  try {
    await openTestLog(database.sequencer);
    const running = [await start(0), await start(1)];
    const clientOf = ({ url }: Running) =>
      new OpenAI({ baseURL: `${url}/v1`, apiKey: secretOf('internal'), maxRetries: 0 });
    const names = Array.from({ length: requests }, (_, index) => `r-${index}`);
    const [first] = running as [Running, Running];
    const lines = names.map((name) => JSON.stringify(request(name, 'hello'))).join('\n');
    const { id } = await uploadText(clientOf(first), lines);
    const batch = await clientOf(first).batches.create({
      input_file_id: id,
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
    });
    for (let kill = 0; kill < kills; kill++) {
      await sleep(chance.below(900));
      const which = chance.below(3) === 0 ? [0, 1] : [chance.below(2)];
      await Promise.all(which.map((index) => killed((running[index] as Running).child)));
      for (const index of which) running[index] = await start(index);
    }
    const [last] = running as [Running, Running];
    const client = clientOf(last);
    const ended = await reached(client, batch.id);
    const results = [
      ...(await linesIn(client, ended.output_file_id)),
      ...(await linesIn(client, ended.error_file_id)),
    ];
    for (const { child } of running) await stopped(child);
    return {
      requests,
      seen: upstream.requestIds.length,
      status: ended.status,
      ...(await count(database, results, names, upstream.requestIds)),
    };
  } finally {
    await upstream.close();
    await rm(shared, { recursive: true });
  }
}

async function startProgram(
  shared: string,
  index: number,
  databaseUrl: string,
  engineUrl: string,
): Promise<Running> {
  const script = join(import.meta.dirname, 'batches-program.ts');
  const args = [script, join(shared, `home-${index}`), shared, databaseUrl, engineUrl, `gateway-${index}`];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (bytes: Buffer) => resolve(bytes.toString().trim()));
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}`)));
  });
  return { url, child };
}

async function killed(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

async function stopped(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}

async function reached(client: OpenAI, id: string) {
  for (let turn = 0; turn < 1_200; turn++) {
    const batch = await client.batches.retrieve(id);
    if (['completed', 'failed', 'expired', 'cancelled'].includes(batch.status)) return batch;
    await sleep(50);
  }
  throw new Error(`${id} does not end`);
}

async function count(
  { app }: TestDatabase,
  results: readonly ResultOfTest[],
  names: readonly string[],
  seen: readonly string[],
): Promise<Pick<BatchesCrashCount, 'lost' | 'doubled' | 'unproved' | 'unrecorded' | 'left'>> {
  const { rows } = await app.inInstance('test', (trx) =>
    sql<{ id: string; outcome: string }>`select id, outcome from kulning.call`.execute(trx),
  );
  const left = await app.inInstance('test', (trx) =>
    sql<{ left: number }>`select (select count(*) from kulning.batch_line)::int
      + (select count(*) from kulning.vault_record where store = 'batches' and id like 'batch%.%')::int as left`.execute(
      trx,
    ),
  );
  const outcomes = new Map(rows.map(({ id, outcome }) => [id, outcome]));
  const times = Map.groupBy(results, (line) => line.custom_id);
  return {
    lost: names.filter((name) => !times.has(name)),
    doubled: [...times].flatMap(([name, all]) => (all.length > 1 ? [name] : [])),
    unproved: results.flatMap((line) =>
      outcomes.get(line.kulning?.receipt ?? '') === 'answered' ? [] : [line.custom_id],
    ),
    unrecorded: seen.filter((id) => !outcomes.has(id)),
    left: left.rows[0]?.left ?? -1,
  };
}
