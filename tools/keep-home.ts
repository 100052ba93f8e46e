import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import {
  createClient,
  erasuresOperations,
  identityOperations,
  proofOperations,
  subjectsOperations,
} from '@kulning/sdk';

import { createBackup } from '../server/src/features/backup/index.ts';
import { openLocalBlobStore } from '../server/src/platform/blobs/local-blob-store.ts';
import { embeddedUrl } from '../server/src/platform/postgres/embedded-bootstrap.ts';
import { socketDirectory } from '../server/src/platform/postgres/socket-directory.ts';
import { release } from '../server/src/release.ts';
import { startInstance } from '../server/test/instance.ts';

/**
 * `node tools/keep-home.ts`, once for each release: makes an instance with this release, uses it, and keeps its backup
 * and its keys (made for this, used nowhere else) in server/test/homes. Later releases must bring it up to date.
 */
const target = fileURLToPath(new URL(`../server/test/homes/${release}`, import.meta.url));
const erased = 'solveig.andersson@example.org';
const kept = 'erik.sandberg@example.org';

const instance = await startInstance();
try {
  const { cookie } = await instance.claim();
  const owner = createClient({
    baseUrl: instance.consoleUrl,
    fetch: (url, init) =>
      fetch(url, { ...init, headers: { ...(init?.headers as Record<string, string>), cookie } }),
  });
  await owner.call(identityOperations.updateOrganisation, { body: { retentionDays: 3650 } });
  await owner.call(identityOperations.createOrganisation, { body: { name: 'Kund AB', language: 'sv' } });
  const { secret } = await owner.call(identityOperations.createKey, {
    body: { name: 'kept', dataClass: 'personal' },
  });
  await sleep(2_000); // The gateway hears of the key.
  const receipts: string[] = [];
  for (const subject of [erased, kept]) receipts.push(await ask(secret, subject));
  await ledgerHolds(receipts);
  await erase();
  const url = embeddedUrl(
    await socketDirectory(join(instance.home, 'run', 'postgres'), '.s.PGSQL.5432.lock'),
  );
  const blobs = await openLocalBlobStore(join(instance.home, 'blobs'));
  rmSync(target, { recursive: true, force: true });
  const { tables } = await createBackup({
    url,
    blobs,
    target: join(target, 'backup'),
    release,
    now: Date.now(),
  });
  cpSync(instance.keys, join(target, 'keys'), { recursive: true });
  console.log(`${target}: ${tables.length} tables, ${tables.reduce((sum, { rows }) => sum + rows, 0)} rows`);

  async function ledgerHolds(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const read = () => owner.call(proofOperations.getReceipt, { params: { id } });
      await until(`receipt ${id} in the ledger`, async () => (await read()).status === 'sequenced');
    }
  }

  async function erase(): Promise<void> {
    const body = { identifiers: [erased] };
    const { digest } = await owner.call(subjectsOperations.preview, { body });
    await owner.call(subjectsOperations.erase, { body: { ...body, preview: digest, confirm: 'erase' } });
    const finished = async () =>
      (await owner.call(erasuresOperations.list)).items.every(({ state }) => state === 'completed');
    await until('the erasure', finished);
  }
} finally {
  await instance.stop();
  instance.remove();
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 120_000; !(await holds().catch(() => false)); await sleep(200)) {
    if (Date.now() > deadline)
      throw new Error(`${what}: not within two minutes\n${instance.log().split('\n').slice(-20).join('\n')}`);
  }
}

async function ask(secret: string, subject: string): Promise<string> {
  const response = await fetch(`${instance.gatewayUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${secret}`,
      'content-type': 'application/json',
      'x-kulning-subject': subject,
    },
    body: JSON.stringify({
      model: 'kulning-triage',
      messages: [{ role: 'user', content: `From: ${subject}\n\nBifogat finns faktura 20418 på 4 250 kr.` }],
    }),
  });
  await response.text();
  const receipt = response.headers.get('x-kulning-receipt');
  if (receipt === null) throw new Error(`the gateway answered ${response.status} without a receipt`);
  return receipt;
}
