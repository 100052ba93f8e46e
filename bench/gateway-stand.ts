// What the benchmarks of the gateway share: an engine that costs nothing, the bare hops, a real gateway process with a
// real database, and a closed loop of callers. CPU is read from the kernel, of a process and its children apart.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { sql } from 'kysely';

import { ownDatabase } from '../server/test/own-database.ts';

export interface Load {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly perSecond: number;
  readonly failed: number;
}

/** Something that answers chat completions, and the process that does. */
export interface Target {
  readonly url: string;
  readonly pid: number;
  /** What it wants to be told besides. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Stand {
  readonly home: string;
  readonly engine: Target;
  /** The same two hops on node:http and undici, and nothing else. */
  readonly bare: Target;
  readonly gateway: Target;
  /** Starts one more gateway, with a journal of its own. */
  startGateway(name: string): Promise<Target>;
  /** Starts one more program; its first line is its URL. */
  start(path: string, ...args: string[]): Promise<Target>;
  /** Ends with the stand. */
  keep(child: ChildProcess): void;
  close(): Promise<void>;
}

const script = (path: string) => join(import.meta.dirname, path);

export async function openStand(): Promise<Stand> {
  const own = await ownDatabase();
  await own
    .open('sequencer')
    .inInstance('bench', (trx) =>
      sql`insert into kulning.ledger_log (origin, opened_at, pseudonym_secret) values ('bench', now(), ${Buffer.alloc(32, 1)})`.execute(
        trx,
      ),
    );
  const children: ChildProcess[] = [];
  const start = (path: string, ...args: string[]): Promise<Target> => {
    const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    return new Promise((resolve, reject) => {
      child.stdout.once('data', (bytes: Buffer) =>
        resolve({ url: `${bytes.toString().trim()}/v1/chat/completions`, pid: child.pid ?? 0 }),
      );
      child.once('exit', (code) => reject(new Error(`${path} ended with ${code}`)));
    });
  };
  const engine = await start(script('gateway-engine.ts'));
  const engineUrl = new URL(engine.url).origin;
  const startGateway = (home: string) =>
    start(script('../server/test/gateway-program.ts'), home, own.url, engineUrl);
  return {
    home: own.home,
    engine,
    bare: await start(script('gateway-bare.ts'), engineUrl),
    gateway: await startGateway(own.home),
    startGateway(name) {
      const home = join(own.home, name);
      mkdirSync(home);
      return startGateway(home);
    },
    start,
    keep: (child) => void children.push(child),
    async close() {
      const ended = children.map((child) => new Promise((resolve) => child.once('exit', resolve)));
      for (const child of children) child.kill('SIGTERM');
      await Promise.all(ended);
      await own.close();
    },
  };
}

/** @throws Error if a call failed: a figure of calls that fail is none */
export async function measured(target: Target, callers: number, calls: number, body: string) {
  const before = cpuOf(target.pid);
  const result = await load(target, callers, calls, body);
  if (result.failed > 0) throw new Error(`${result.failed} of ${calls} calls to ${target.url} failed`);
  // The journal of the last calls is shipped within the next tenths of a second; it belongs to them.
  await sleep(500);
  const after = cpuOf(target.pid);
  return {
    ...result,
    cpuUs: ((after.ownSeconds - before.ownSeconds) * 1e6) / calls,
    childrenCpuUs: ((after.childrenSeconds - before.childrenSeconds) * 1e6) / calls,
  };
}

export function load(
  { url, headers = {} }: Target,
  callers: number,
  calls: number,
  body: string,
): Promise<Load> {
  const args = [
    script('gateway-load.ts'),
    url,
    String(callers),
    String(calls),
    body,
    JSON.stringify(headers),
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (bytes: Buffer) => (text += bytes.toString()));
  return new Promise((resolve, reject) => {
    child.once('exit', (code) =>
      code === 0 ? resolve(JSON.parse(text) as Load) : reject(new Error(`the load ended with ${code}`)),
    );
  });
}

const ticksPerSecond = 100;

/** User and system time of a process with its threads, and of its children, from /proc (proc(5): stat, fields 14 and 15). */
function cpuOf(pid: number): { readonly ownSeconds: number; readonly childrenSeconds: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  return {
    ownSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
    childrenSeconds: children
      .map((child) => cpuOf(Number(child)))
      .reduce((sum, { ownSeconds, childrenSeconds }) => sum + ownSeconds + childrenSeconds, 0),
  };
}
