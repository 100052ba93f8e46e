import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { verifyReceipt } from '@kulning/verify';

import type { LedgerEvent } from '../src/core/ledger/leaf.ts';
import { formatVerifierKey } from '../src/core/ledger/signed-note.ts';
import { recordEvents } from '../src/features/proof/ledger-events.ts';
import { createLedgerService } from '../src/features/proof/ledger-service.ts';
import { openLogIdentity, type LogIdentity } from '../src/features/proof/log-keys.ts';
import { createReceiptService } from '../src/features/proof/receipt-service.ts';
import { testDatabase, type TestDatabase } from './database.ts';
import { killPoints } from './proof-sequencer-child.ts';

const organisationId = 'org_1';
const script = fileURLToPath(new URL('proof-sequencer-child.ts', import.meta.url));

let database: TestDatabase;
let keys: string;
let identity: LogIdentity;
let recorded = 0;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  database = await testDatabase();
  keys = await mkdtemp(join(tmpdir(), 'keys-'));
  identity = await openLogIdentity(keys, 'example.org/crash');
  await (await start()).kill();
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await database.close();
  await rm(keys, { recursive: true });
});

/** A sequencer in its own process, ready; it may be told where to die. */
async function start(point?: string, nth = 1) {
  const args = [script, database.url, keys, ...(point === undefined ? [] : [point, String(nth)])];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.add(child);
  const ended = once(child, 'exit').finally(() => children.delete(child));
  await Promise.race([once(child.stdout, 'data'), ended]);
  return {
    ended,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function record(count: number): Promise<void> {
  const events = Array.from({ length: count }, (): LedgerEvent => {
    recorded += 1;
    const at = new Date().toISOString();
    return { kind: 'call.answered', at, organisation: organisationId, id: `call_${recorded}`, body: {} };
  });
  await database.app.inOrganisation(organisationId, (trx) => recordEvents(trx, events));
}

async function expectEverythingOnce(): Promise<void> {
  const ledger = createLedgerService({ database: database.app, ...identity });
  const last = await start();
  await vi.waitFor(async () => expect((await ledger.status()).pending).toBe(0), {
    timeout: 30_000,
    interval: 100,
  });
  await last.kill();
  expect(await ledger.audit()).toMatchObject({ intact: true, size: recorded + 1 });
  const receipts = createReceiptService({
    database: database.app,
    ...identity,
    openSalt: () => Promise.resolve(null),
  });
  const pinnedKeys = identity.signer.verifierKeys(identity.instance).map(formatVerifierKey);
  for (const id of [1, Math.ceil(recorded / 2), recorded]) {
    const receipt = await receipts.receiptById(organisationId, `call_${id}`);
    expect((await verifyReceipt(receipt ?? {}, { pinnedKeys })).verdict).toBe('verified');
  }
}

test.each(killPoints)('a sequencer that dies %s loses nothing and doubles nothing', async (point) => {
  await record(35);
  const child = await start(point, 2);
  await child.ended;
  await record(5);
  await expectEverythingOnce();
});

test('sequencers that are killed at random moments lose nothing and double nothing', async () => {
  for (let round = 0; round < 4; round += 1) {
    const running = await Promise.all([start(), start()]);
    for (let writes = 0; writes < 10; writes += 1) {
      await record(13);
      await sleep(Math.random() * 15);
    }
    await running[round % 2]?.kill();
    await record(7);
    await sleep(Math.random() * 40);
    await running[(round + 1) % 2]?.kill();
  }
  await expectEverythingOnce();
});
