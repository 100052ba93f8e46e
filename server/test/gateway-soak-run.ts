import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { sql } from 'kysely';
import { Pool } from 'undici';

import type { Database } from '../src/platform/postgres/database.ts';
import { secrets } from './gateway-snapshot.ts';

export interface GatewaySoakOptions {
  readonly calls: number;
  /** Empty and migrated. */
  readonly database: { readonly url: string; readonly app: Database; readonly sequencer: Database };
  readonly signal?: AbortSignal;
  readonly say?: (done: number) => void;
}

/** What callers counted, beside what is on record. */
export interface GatewaySoakCount {
  readonly answered: number;
  readonly rows: number;
  readonly usageCalls: number;
  readonly usageTokens: number;
  /** Largest resident memory of the gateway's process in each third of the run. */
  readonly thirdsMb: readonly [number, number, number];
}

const callers = 32;
export const tokensOfCall = 16;
const answer = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'engine-model',
  choices: [{ index: 0, message: { role: 'assistant', content: 'home' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 11, completion_tokens: 5, total_tokens: tokensOfCall },
});

/** Calls one gateway process for as long as it takes, and counts from outside: callers against the database. */
export async function gatewaySoakRun(options: GatewaySoakOptions): Promise<GatewaySoakCount> {
  const { database } = options;
  await database.sequencer.inInstance('test', (trx) =>
    sql`insert into kulning.ledger_log (origin, opened_at, pseudonym_secret) values ('test/log', now(), ${Buffer.alloc(32, 1)})`.execute(
      trx,
    ),
  );
  const engine = createServer((request, response) => {
    request
      .resume()
      .on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end(answer));
  });
  // Longer than any pause: a connection that closes while it is picked up again fails a call.
  engine.keepAliveTimeout = 120_000;
  const home = await mkdtemp(join(tmpdir(), 'kulning-soak-'));
  try {
    const { url, child } = await startProgram(home, database.url, await listening(engine));
    const called = await callAll(url, child.pid ?? 0, options);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
    return { ...called, ...(await recorded(database.app)) };
  } finally {
    engine.closeAllConnections();
    engine.close();
    await rm(home, { recursive: true });
  }
}

async function callAll(
  url: string,
  pid: number,
  { calls, signal, say }: GatewaySoakOptions,
): Promise<Pick<GatewaySoakCount, 'answered' | 'thirdsMb'>> {
  const pool = new Pool(url, { connections: callers, pipelining: 1 });
  const body = JSON.stringify({ model: 'herd', messages: [{ role: 'user', content: 'word '.repeat(40) }] });
  const headers = { authorization: `Bearer ${secrets.internal}`, 'content-type': 'application/json' };
  const thirdsMb: [number, number, number] = [0, 0, 0];
  let begun = 0;
  let answered = 0;
  const caller = async () => {
    while (begun < calls) {
      signal?.throwIfAborted();
      begun++;
      const request = { path: '/v1/chat/completions', method: 'POST', headers, body } as const;
      const { statusCode, body: given } = await pool.request(request);
      const text = await given.text();
      if (statusCode !== 200 || text !== answer)
        throw new Error(`call ${begun} of ${calls}: ${statusCode} ${text}`);
      answered++;
      if (answered % 1_000 === 0) {
        const third = Math.min(2, Math.floor((3 * answered) / calls)) as 0 | 1 | 2;
        thirdsMb[third] = Math.max(thirdsMb[third], residentMb(pid));
        say?.(answered);
      }
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  await pool.close();
  return { answered, thirdsMb };
}

async function recorded(app: Database) {
  const { rows } = await app.inInstance('test', (trx) =>
    sql<{ rows: number; calls: number; tokens: number }>`select
      (select count(*)::int from kulning.call where outcome = 'answered') as rows,
      (select sum(calls)::int from kulning.usage_hour) as calls,
      (select sum(input_tokens + output_tokens)::int from kulning.usage_hour) as tokens`.execute(trx),
  );
  const [counted] = rows;
  if (!counted) throw new Error('nothing was counted');
  return { rows: counted.rows, usageCalls: counted.calls, usageTokens: counted.tokens };
}

/** proc(5): VmRSS, in kB. */
function residentMb(pid: number): number {
  const [, kilobytes = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
  return Number(kilobytes) / 1024;
}

async function startProgram(
  home: string,
  databaseUrl: string,
  engineUrl: string,
): Promise<{ url: string; child: ChildProcess }> {
  const program = join(import.meta.dirname, 'gateway-program.ts');
  const child = spawn(process.execPath, [program, home, databaseUrl, engineUrl], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (bytes: Buffer) => resolve(bytes.toString().trim()));
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}`)));
  });
  return { url, child };
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
