import { setTimeout as sleep } from 'node:timers/promises';

import { type Client, createClient, identityOperations, proofOperations } from '@kulning/sdk';
import { main as verify } from '@kulning/verify';

import { type Instance, type Part, startInstance } from './instance.ts';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface CrashCounts {
  readonly kills: Readonly<Record<Part, number>>;
  /** Answers whose last byte arrived whole. */
  readonly ended: number;
  /** Calls that the ledger holds, however they ended. */
  readonly recorded: number;
  /** Ended, and not in the ledger: must be none. */
  readonly lost: readonly string[];
  /** Twice in the ledger: must be none. */
  readonly doubled: readonly string[];
  /** Exit code of the stand-alone verifier over all of it. */
  readonly verifierExit: number;
}

const parts: readonly Part[] = ['gateway', 'control', 'engine', 'postgres', 'supervisor'];

/**
 * Kills each process of a whole instance with SIGKILL at random moments while callers call, then counts from outside:
 * what they were given against what the ledger holds.
 */
export async function crashRun({
  kills,
  seed,
  callers = 3,
}: {
  kills: number;
  seed: number;
  callers?: number;
}): Promise<CrashCounts> {
  const random = mulberry32(seed);
  let instance = await startInstance();
  const { cookie } = await instance.claim();
  const owner = () => ownerOf(instance, cookie);
  const { secret } = await owner().call(identityOperations.createKey, {
    body: { name: 'crash', dataClass: 'public' },
  });
  const load = new Load(() => instance.gatewayUrl, secret, callers);
  const killed: Record<Part, number> = { gateway: 0, control: 0, engine: 0, postgres: 0, supervisor: 0 };
  for (let round = 0; round < kills; round += 1) {
    await load.untilAnswering();
    await sleep(random() * 1_500);
    const part = parts[Math.floor(random() * parts.length)] ?? 'gateway';
    await instance.kill(part);
    killed[part] += 1;
    if (part === 'supervisor') {
      await sleep(500);
      instance = await startInstance({ on: instance });
    }
  }
  await load.untilAnswering();
  const ended = await load.stop();
  await untilReady(instance.consoleUrl);
  const counts = await count(instance, owner(), ended);
  await instance.stop();
  instance.remove();
  return { kills: killed, ...counts };
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

/** Callers that go on whatever happens, and remember which answers arrived whole. */
class Load {
  readonly #ended = new Set<string>();
  readonly #running: Promise<void>[];
  #stopped = false;
  #answers = 0;

  constructor(url: () => string, key: string, callers: number) {
    this.#running = Array.from({ length: callers }, (_, index) =>
      this.#callAgainAndAgain(url, key, index % 2 === 0),
    );
  }

  /** Until an answer arrives that was asked for after now. */
  async untilAnswering(): Promise<void> {
    const wanted = this.#answers + this.#running.length + 1;
    for (let waitedMs = 0; this.#answers < wanted; waitedMs += 50) {
      if (waitedMs > 90_000) throw new Error('no answer for 90 s');
      await sleep(50);
    }
  }

  async stop(): Promise<ReadonlySet<string>> {
    this.#stopped = true;
    await Promise.all(this.#running);
    return this.#ended;
  }

  async #callAgainAndAgain(url: () => string, key: string, stream: boolean): Promise<void> {
    const body = JSON.stringify({
      model: 'kulning-triage',
      stream,
      max_tokens: 8,
      messages: [{ role: 'user', content: 'Hej! När kommer order 7731?' }],
    });
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    while (!this.#stopped) {
      try {
        const response = await fetch(`${url()}/v1/chat/completions`, {
          method: 'POST',
          headers,
          body,
          signal: AbortSignal.timeout(30_000),
        });
        const text = await response.text();
        const whole =
          response.status === 200 &&
          (stream ? text.endsWith('data: [DONE]\n\n') : text.trimEnd().endsWith('}'));
        if (whole) this.#ended.add(response.headers.get('x-kulning-receipt') ?? 'no receipt');
        if (whole) this.#answers += 1;
        else await sleep(100);
      } catch {
        // A cut connection is what this run makes; the caller asks again.
        await sleep(100);
      }
    }
  }
}

async function count(
  instance: Instance,
  owner: Client,
  ended: ReadonlySet<string>,
): Promise<Omit<CrashCounts, 'kills'>> {
  const missing = async () => {
    const recorded = await allReceipts(owner);
    return { recorded, lost: [...ended].filter((id) => !recorded.includes(id)) };
  };
  let seen = await missing();
  for (let waitedMs = 0; seen.lost.length > 0 && waitedMs < 20_000; waitedMs += 500) {
    await sleep(500);
    seen = await missing();
  }
  const doubled = seen.recorded.filter((id, index) => seen.recorded.indexOf(id) !== index);
  return {
    ended: ended.size,
    recorded: seen.recorded.length,
    lost: seen.lost,
    doubled,
    verifierExit: await verifyAll(instance, owner),
  };
}

async function allReceipts(owner: Client): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await owner.call(proofOperations.listReceipts, {
      query: { limit: 200, ...(cursor !== undefined && { cursor }) },
    });
    ids.push(...page.items.map(({ id }) => id));
    if (page.next === undefined) return ids;
    cursor = page.next;
  }
}

/** All receipts in one evidence file, through the verifier that an outsider would use, with the keys pinned. */
async function verifyAll(instance: Instance, owner: Client): Promise<number> {
  const { vkeys } = await owner.call(proofOperations.status);
  const evidence = await owner.call(proofOperations.exportEvidence, {
    query: { from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' },
  });
  const file = join(instance.home, '..', 'evidence.json');
  writeFileSync(file, await (evidence as unknown as Blob).text());
  return verify([file, ...vkeys.flatMap((key) => ['--key', key])], () => undefined);
}

function ownerOf(instance: Instance, cookie: string): Client {
  return createClient({
    baseUrl: instance.consoleUrl,
    fetch: (url, init) =>
      fetch(url, { ...init, headers: { ...(init?.headers as Record<string, string>), cookie } }),
  });
}

/** A small seeded generator (Mulberry32), so that a run can be repeated. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
