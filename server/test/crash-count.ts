import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { type Client, proofOperations } from '@kulning/sdk';
import { Client as PostgresClient } from 'pg';

import { embeddedUrl } from '../src/platform/postgres/embedded-bootstrap.ts';
import type { Ending, Heard } from './crash-load.ts';
import type { Instance } from './instance.ts';

export interface CrashCount {
  /** Exchanges that reached a caller to the last byte, by how they ended. */
  readonly ended: Readonly<Record<Ending, number>>;
  /** Calls in the ledger, however they ended. */
  readonly recorded: number;
  /** Of them, those that a crash ended. */
  readonly interrupted: number;
  /** Ended, and the ledger does not say so: must be none. */
  readonly lost: readonly string[];
  /** Twice in the ledger: must be none. */
  readonly doubled: readonly string[];
  readonly torn: readonly string[];
  /** Exit code of the stand-alone verifier over all of it. */
  readonly verifierExit: number;
}

/** Holds what the callers heard against the ledger's own rows, read behind Kulning's back, and has it all verified. */
export async function countCrashes(instance: Instance, owner: Client, heard: Heard): Promise<CrashCount> {
  const kinds = await callsInLedger(instance.home);
  const lost = [...heard.endings].filter(([id, ending]) => !says(kinds.get(id) ?? [], ending));
  const all = [...kinds.values()];
  const endings = [...heard.endings.values()];
  const countOf = (ending: Ending) => endings.filter((each) => each === ending).length;
  return {
    ended: { answered: countOf('answered'), error: countOf('error') },
    recorded: kinds.size,
    interrupted: all.filter(([kind]) => kind === 'call.interrupted').length,
    lost: lost.map(([id, ending]) => `${id} ${ending}, in the ledger: ${kinds.get(id)?.join() ?? 'nothing'}`),
    doubled: [...kinds].filter(([, each]) => each.length > 1).map(([id]) => id),
    torn: heard.torn,
    verifierExit: await verifyStandAlone(join(instance.home, '..', 'outsider'), owner),
  };
}

/** An error may be a refusal, an engine that failed or a call that was broken off; it is not an answer. */
function says(kinds: readonly string[], ending: Ending): boolean {
  return kinds.length > 0 && kinds.includes('call.answered') === (ending === 'answered');
}

/** The kinds of all entries of each call: from the leaves, once the sequencer has taken everything. */
async function callsInLedger(home: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const client = new PostgresClient({
    connectionString: embeddedUrl(join(home, 'run', 'postgres'), 'postgres', 'kulning'),
  });
  await client.connect();
  try {
    for (let waitedMs = 0, waiting = 1; waiting > 0 && waitedMs < 30_000; waitedMs += 200) {
      // Two looks: the last journal may be on its way into the outbox.
      await sleep(waitedMs === 0 ? 1_000 : 200);
      const { rows } = await client.query<{ waiting: number }>(
        'select count(*)::int as waiting from kulning.ledger_outbox',
      );
      waiting = rows[0]?.waiting ?? 0;
    }
    const { rows } = await client.query<{ id: string; kinds: string[] }>(
      `select convert_from(leaf, 'UTF8')::jsonb->>'id' as id,
         array_agg(convert_from(leaf, 'UTF8')::jsonb->>'kind') as kinds
       from kulning.ledger_entry where kind like 'call.%' group by 1`,
    );
    return new Map(rows.map(({ id, kinds }) => [id, kinds]));
  } finally {
    await client.end();
  }
}

/** As an outsider would: the one file in an empty folder, the evidence, and the keys pinned. */
async function verifyStandAlone(folder: string, owner: Client): Promise<number> {
  const { vkeys } = await owner.call(proofOperations.status);
  const evidence = await owner.call(proofOperations.exportEvidence, {
    query: { from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' },
  });
  mkdirSync(folder);
  copyFileSync(fileURLToPath(import.meta.resolve('@kulning/verify')), join(folder, 'verify.mjs'));
  writeFileSync(join(folder, 'evidence.json'), await (evidence as unknown as Blob).text());
  const args = ['verify.mjs', 'evidence.json', ...vkeys.flatMap((key) => ['--key', key])];
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { cwd: folder, maxBuffer: 2 ** 28 }, () =>
      resolve(child.exitCode ?? 1),
    );
  });
}
