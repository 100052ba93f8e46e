import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { recordEvents } from '../src/features/proof/ledger-events.ts';
import { createLedgerService } from '../src/features/proof/ledger-service.ts';
import { openLogIdentity } from '../src/features/proof/log-keys.ts';
import { testDatabase, type TestDatabase } from './database.ts';
import { type RoleProcess, type SharedState, startRole } from './role-process.ts';

const organisationId = 'org_1';
let database: TestDatabase;
let folder: string;
let state: SharedState;
const processes: RoleProcess[] = [];

async function start(...args: Parameters<typeof startRole>): Promise<RoleProcess> {
  const process = await startRole(...args);
  processes.push(process);
  return process;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kln-worker-'));
  database = await testDatabase({ through: 0 });
  state = { databaseUrl: database.url, home: join(folder, 'home'), keys: join(folder, 'keys') };
});
afterAll(async () => {
  await Promise.all(processes.map((process) => process.kill()));
  await database.close();
  await rm(folder, { recursive: true });
});

async function leads({ url }: RoleProcess): Promise<boolean> {
  return (await (await fetch(`${url}/metrics`)).text()).includes('kulning_background_leader 1');
}

const waiting = { timeout: 10_000, interval: 50 };

/** Which of them does the background work: soon exactly one. */
async function leaderOf(candidates: readonly RoleProcess[]): Promise<RoleProcess> {
  return vi.waitFor(async () => {
    const leading = await Promise.all(candidates.map(leads));
    expect(leading.filter(Boolean)).toHaveLength(1);
    return candidates[leading.indexOf(true)]!;
  }, waiting);
}

/** Records events without pause until it is stopped. @returns their ids */
function recordAgainAndAgain() {
  const ids: string[] = [];
  const stopping = new AbortController();
  const running = (async () => {
    while (!stopping.signal.aborted) {
      const batch = Array.from({ length: 7 }, (_, at) => `call_${ids.length + at}`);
      const at = new Date().toISOString();
      const events = batch.map((id) => ({
        kind: 'call.answered',
        at,
        organisation: organisationId,
        id,
        body: {},
      }));
      await database.app.inOrganisation(organisationId, (trx) => recordEvents(trx, events));
      ids.push(...batch);
      await sleep(20);
    }
  })();
  return {
    async stop(): Promise<readonly string[]> {
      stopping.abort();
      await running;
      return ids;
    },
  };
}

test(
  'whichever process does the background work is killed while records arrive, another goes on, nothing is lost or doubled',
  { timeout: 180_000 },
  async () => {
    const control = await start('control', state);
    expect(await leaderOf([control])).toBe(control);
    const workers = await Promise.all([start('worker', state), start('worker', state)]);
    expect(await leaderOf([control, ...workers])).toBe(control);

    const recording = recordAgainAndAgain();
    await sleep(300);
    await control.kill();
    const first = await leaderOf(workers);
    await sleep(300);
    await first.kill();
    const [last] = workers.filter((worker) => worker !== first);
    expect(await leaderOf([last!])).toBe(last);
    const newcomer = await start('worker', state);
    await sleep(300);
    const ids = await recording.stop();

    const ledger = createLedgerService({ database: database.app, ...(await openLogIdentity(state.keys)) });
    await vi.waitFor(async () => expect(await ledger.waiting()).toBe(0), waiting);
    const entered: string[] = [];
    for (let from: number | undefined = 0; from !== undefined;) {
      const { items, next } = await ledger.entries(organisationId, { start: from, limit: 1_000 });
      entered.push(
        ...items.filter(({ kind }) => kind === 'call.answered').map(({ eventId }) => eventId ?? ''),
      );
      from = next;
    }
    expect(entered.toSorted()).toEqual([...ids].toSorted());
    expect(ids.length).toBeGreaterThan(100);
    expect(await ledger.audit()).toMatchObject({ intact: true });

    // In order: the work is handed over, and the process ends by itself.
    expect(await last!.stop()).toBe(0);
    expect(await leaderOf([newcomer])).toBe(newcomer);
    expect(await newcomer.stop()).toBe(0);
    const events = [...last!.log(), ...newcomer.log()].map((line) => JSON.parse(line) as { level: string });
    expect(events.filter(({ level }) => level === 'error')).toEqual([]);
  },
);

test('a worker says how it is, and what it does where', async () => {
  const worker = await start('worker', state);
  expect(await (await fetch(`${worker.url}/healthz`)).text()).toBe('ok');
  expect(await (await fetch(`${worker.url}/readyz`)).json()).toEqual({ ready: true });
  await vi.waitFor(async () => {
    const metrics = await (await fetch(`${worker.url}/metrics`)).text();
    expect(metrics).toContain('kulning_process_info{role="worker",site="this-machine"} 1');
    expect(metrics).toMatch(/^kulning_task_turns_total\{task="erasures",outcome="done"\} [1-9]/m);
    expect(metrics).not.toMatch(/outcome="failed"\} [1-9]/);
  }, waiting);
  await worker.stop();
});

test('a worker is refused where it cannot work, and says what to do', async () => {
  await expect(start('worker', state, { KULNING_SITE: 'atlantis' })).rejects.toThrow(/site\.unknown/);
  const elsewhere = { home: join(folder, 'elsewhere'), keys: state.keys };
  await expect(start('worker', elsewhere)).rejects.toThrow(/database\.not_running[^]*kulning up/);
  const strangeKeys = { ...state, keys: join(folder, 'other-keys') };
  await expect(start('worker', strangeKeys)).rejects.toThrow(/keys\./);
});
