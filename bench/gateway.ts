// What a call through the gateway costs beside a direct one: a real process with policy (Cedar), vault, journal (synced)
// and the shipping into a real PostgreSQL, against an engine that costs nothing. CPU is the gateway process's own, from
// /metrics, and includes the shipping. On a busy machine CPU is the figure to trust, not the clock.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { sql } from 'kysely';

import { silentLogger } from '../server/src/platform/log/logger.ts';
import { openDatabase } from '../server/src/platform/postgres/database.ts';
import { startEmbeddedPostgres } from '../server/src/platform/postgres/embedded-server.ts';
import { migrate } from '../server/src/platform/postgres/migrator.ts';

interface Load {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly perSecond: number;
  readonly failed: number;
}

const home = mkdtempSync(join(tmpdir(), 'kulning-bench-'));
const postgres = await startEmbeddedPostgres({ home, log: silentLogger });
await migrate({ url: postgres.url, log: silentLogger, release: '0.1.0' });
const sequencer = openDatabase({ url: postgres.url, role: 'sequencer', poolSize: 1, log: silentLogger });
await sequencer.inInstance('bench', (trx) =>
  sql`insert into kulning.ledger_log (origin, opened_at, pseudonym_secret) values ('bench', now(), ${Buffer.alloc(32, 1)})`.execute(
    trx,
  ),
);
await sequencer.close();

const children: ChildProcess[] = [];
const script = (path: string) => join(import.meta.dirname, path);
const engineUrl = await start(script('gateway-engine.ts'));
const bareUrl = await start(script('gateway-bare.ts'), engineUrl);
const gatewayUrl = await start(script('../server/test/gateway-program.ts'), home, postgres.url, engineUrl);

const message = (text: string) => [{ role: 'user', content: text }];
const runs = [
  [1, 1_000],
  [64, 6_000],
] as const;
const bodies = {
  json: { model: 'herd', messages: message('word '.repeat(160)) },
  stream: { model: 'herd', messages: message('word '.repeat(160)), stream: true },
  'json 100 kB': { model: 'herd', messages: message('word '.repeat(20_000)) },
};
const bare = `${bareUrl}/v1/chat/completions`;
const direct = `${engineUrl}/v1/chat/completions`;
const through = `${gatewayUrl}/v1/chat/completions`;

console.log(
  'Bare: the same two HTTP hops on node:http and undici, and nothing else; what a gateway cannot go below.',
);
console.log(
  'what         callers  direct p50    bare p50  gateway p50   added p50  bare CPU  gateway CPU  calls/s',
);
for (const [name, fields] of Object.entries(bodies)) {
  const body = JSON.stringify(fields);
  for (const url of [bare, through]) await load(url, 16, 3_000, body);
  for (const [callers, calls] of runs) {
    const plain = await load(direct, callers, calls, body);
    const least = await measured(bareUrl, bare, callers, calls, body);
    const ours = await measured(gatewayUrl, through, callers, calls, body);
    if (plain.failed + least.failed + ours.failed > 0) throw new Error('calls failed');
    console.log(
      [
        name.padEnd(11),
        String(callers).padStart(7),
        ...[plain.p50Ms, least.p50Ms, ours.p50Ms, ours.p50Ms - plain.p50Ms].map((each) =>
          `${each.toFixed(2)} ms`.padStart(10),
        ),
        ...[least.cpuUs, ours.cpuUs].map((each) => `${Math.round(each)} µs`.padStart(9)),
        String(Math.round(ours.perSecond)).padStart(9),
      ].join('  '),
    );
  }
}

for (const child of children) child.kill('SIGTERM');
await postgres.stop();
rmSync(home, { recursive: true });

async function measured(base: string, url: string, callers: number, calls: number, body: string) {
  const before = await cpuSeconds(base);
  const result = await load(url, callers, calls, body);
  // The journal of the last calls is shipped within the next tenth of a second; it belongs to them.
  await new Promise((resolve) => setTimeout(resolve, 300));
  return { ...result, cpuUs: (((await cpuSeconds(base)) - before) * 1e6) / calls };
}

async function cpuSeconds(base: string): Promise<number> {
  const text = await (await fetch(`${base}/metrics`)).text();
  return Number(/^process_cpu_seconds_total ([\d.]+)$/m.exec(text)?.[1]);
}

/** Starts a script whose first line is its URL. */
function start(path: string, ...args: string[]): Promise<string> {
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return new Promise((resolve, reject) => {
    child.stdout.once('data', (bytes: Buffer) => resolve(bytes.toString().trim()));
    child.once('exit', (code) => reject(new Error(`${path} ended with ${code}`)));
  });
}

function load(url: string, callers: number, calls: number, body: string): Promise<Load> {
  const child = spawn(
    process.execPath,
    [script('gateway-load.ts'), url, String(callers), String(calls), body],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let text = '';
  child.stdout.on('data', (bytes: Buffer) => (text += bytes.toString()));
  return new Promise((resolve, reject) => {
    child.once('exit', (code) =>
      code === 0 ? resolve(JSON.parse(text) as Load) : reject(new Error(`the load ended with ${code}`)),
    );
  });
}
