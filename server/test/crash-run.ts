import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

import { type Client, createClient, identityOperations } from '@kulning/sdk';

import { chanceOf } from './chance.ts';
import { countCrashes, type CrashCount } from './crash-count.ts';
import { CrashLoad } from './crash-load.ts';
import { type Instance, type Part, startInstance } from './instance.ts';

export interface CrashRun extends CrashCount {
  readonly kills: Readonly<Record<Part, number>>;
  /** Processes that were still there after the orderly stop at the end: must be none. */
  readonly orphans: readonly string[];
}

export interface CrashOptions {
  readonly kills: number;
  /** Which part is killed after which pause. What the load does meanwhile is up to the machine. */
  readonly seed: number;
  readonly signal?: AbortSignal;
  readonly say?: (done: number) => void;
}

const parts = ['gateway', 'control', 'engine', 'postgres', 'supervisor'] as const satisfies readonly Part[];

/**
 * Kills each process of a whole instance with SIGKILL at random moments while callers call, then counts from outside:
 * what they were given against what the ledger holds. Half the kills come within a third of a second of the one
 * before, while that part is still on its way back.
 */
export async function crashRun({ kills, seed, signal, say }: CrashOptions): Promise<CrashRun> {
  const chance = chanceOf(seed);
  const killed: Record<Part, number> = { gateway: 0, control: 0, engine: 0, postgres: 0, supervisor: 0 };
  let instance = await startInstance();
  let load: CrashLoad | undefined;
  const sessions = new Set<number>();
  try {
    const { cookie } = await instance.claim();
    const { secret } = await ownerOf(instance, cookie).call(identityOperations.createKey, {
      body: { name: 'crash', dataClass: 'public' },
    });
    load = new CrashLoad(() => instance.gatewayUrl, secret);
    for (let done = 0; done < kills; done += 1) {
      signal?.throwIfAborted();
      const calm = done === 0 || chance.happens(0.5);
      if (calm) await load.untilAnswering();
      await sleep(chance.below(calm ? 1_000 : 300));
      const part = chance.pick(parts);
      noteSessions(instance, sessions);
      await instance.kill(part);
      killed[part] += 1;
      if (part === 'supervisor') instance = await startAgain(instance);
      say?.(done + 1);
    }
    await load.untilAnswering();
    const heard = await load.stop();
    await untilReady(instance.consoleUrl);
    noteSessions(instance, sessions);
    const count = await countCrashes(instance, ownerOf(instance, cookie), heard);
    await instance.stop();
    return { kills: killed, ...count, orphans: await orphansOf(sessions) };
  } finally {
    await load?.stop();
    await instance.stop();
    instance.remove();
  }
}

/** The children of a killed supervisor end by themselves; who starts it again at once may be told that the home is still in use. */
async function startAgain(on: Instance): Promise<Instance> {
  await sleep(500);
  return startInstance({ on });
}

/** The supervisor and the postmaster each lead a session of their own; whatever they start stays in it, orphaned or not. */
function noteSessions(instance: Instance, sessions: Set<number>): void {
  for (const part of ['supervisor', 'postgres'] as const) {
    const leader = instance.pid(part);
    if (leader !== undefined) sessions.add(leader);
  }
}

/** What a killed one was starting may need a moment to see that nobody waits for it. */
async function orphansOf(sessions: ReadonlySet<number>): Promise<string[]> {
  for (let waitedMs = 0; ; waitedMs += 200) {
    const left = execFileSync('ps', ['-eo', 'sess=,pid=,args='], { encoding: 'utf8' })
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => sessions.has(Number.parseInt(line, 10)));
    if (left.length === 0 || waitedMs >= 10_000) return left;
    await sleep(200);
  }
}

/** The control process may be the one that was killed last. */
async function untilReady(url: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < 60_000; waitedMs += 200) {
    const ready = await fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return;
    await sleep(200);
  }
  throw new Error(`${url} is not ready after 60 s`);
}

function ownerOf(instance: Instance, cookie: string): Client {
  return createClient({
    baseUrl: instance.consoleUrl,
    fetch: (url, init) =>
      fetch(url, { ...init, headers: { ...(init?.headers as Record<string, string>), cookie } }),
  });
}
