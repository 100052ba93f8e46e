import { setTimeout as sleep } from 'node:timers/promises';

import type { Erasure, RecordDecision } from '@kulning/sdk';
import { Client, type QueryResultRow } from 'pg';

import type { PrivacyTables } from '../src/features/privacy/privacy-tables.ts';
import { readVaultRecord } from '../src/features/privacy/vault-record-store.ts';
import { testDatabase, type TestDatabase } from './database.ts';
import { organisationId, privacyFolders, privacyHarness, testSequencer } from './privacy-harness.ts';

/** Unique strings, so that a byte found anywhere is this person's. */
export const anna = {
  email: 'anna.qvarnstroem7391@canary-kulning.example',
  phone: '+46 70 739 12 86',
  name: 'Anna Qvarnstroem7391',
  secret: 'canary-knee-operation-7391',
};
export const bob = 'bob@canary-kulning.example';
const searched = [anna.email, anna.phone];
export const canaries = [anna.email, anna.secret, '70 739 12 86', 'Qvarnstroem7391'];

export const askFor = (identifiers: readonly string[] = searched) => ({
  organisationId,
  identifiers,
  language: 'en' as const,
});

/** A database, folders and an open ledger, with the privacy slice over them. */
export async function privacyStage({ postgresFolder }: { postgresFolder?: string } = {}) {
  const database = await testDatabase();
  const folders = await privacyFolders();
  const ledger = testSequencer(database.sequencer, database.app);
  await ledger.sequence();
  const harness = await privacyHarness({
    app: database.app,
    folders,
    receiptOf: ledger.receiptOf,
    ...(postgresFolder && { postgresFolder }),
  });
  const { subjects, erasures, machine } = harness.privacy;
  return {
    ...harness,
    database,
    folders,
    ledger,
    /** Four records with Anna, one of Bob's, thirty of others. */
    seed: () => harness.put([...recordsOfAnna, ...recordsOfOthers]),
    /** As a human who read the preview. */
    async erase(identifiers: readonly string[] = searched, decisions: readonly RecordDecision[] = []) {
      const asked = { ...askFor(identifiers), decisions };
      const { digest } = await subjects.preview(asked);
      return subjects.erase({ ...asked, preview: digest, requestedBy: 'user_1' });
    },
    async completed(erasureId: string): Promise<Erasure> {
      for (let turn = 0; turn < 100; turn++) {
        await machine.drive(organisationId);
        const erasure = await erasures.get({ organisationId, erasureId }, 'en');
        if (erasure.state === 'completed') return erasure;
        await sleep(50);
      }
      throw new Error(JSON.stringify(await erasures.get({ organisationId, erasureId }, 'en')));
    },
    async read(id: string): Promise<unknown> {
      const row = await recordRow(database, id);
      return row && JSON.parse(Buffer.from(await harness.content.open(row)).toString());
    },
    async close() {
      await harness.close();
      await database.close();
      await folders.remove();
    },
  };
}

export type PrivacyStage = Awaited<ReturnType<typeof privacyStage>>;

const recordsOfAnna = [
  {
    id: 'call_sole',
    content: { salt: 's', prompt: `I am ${anna.name}, ${anna.email}: ${anna.secret}`, answer: 'noted' },
  },
  { id: 'call_named', content: { salt: 's', prompt: `no identifier, ${anna.secret}` }, named: [anna.email] },
  { id: 'call_large', content: { salt: 's', prompt: `${anna.phone} ${anna.secret} `.repeat(6_000) } },
  {
    id: 'call_shared',
    content: { salt: 's', prompt: `Send the offer to ${anna.email} and ${bob}`, answer: 'Done.' },
  },
];

const recordsOfOthers = [
  { id: 'call_bob', content: { salt: 's', prompt: `${bob} asks about his invoice` }, named: [bob] },
  ...Array.from({ length: 30 }, (_, at) => ({
    id: `call_other_${at}`,
    content: { prompt: `question ${at} of customer-${at}` },
    named: [`customer-${at}`],
  })),
];

export function recordRow(database: TestDatabase, id: string) {
  return database.app
    .withTables<PrivacyTables>()
    .inOrganisation(organisationId, (trx) => readVaultRecord(trx, organisationId, id));
}

/** Past row-level security. */
export async function rawRows<Row extends QueryResultRow>(
  database: TestDatabase,
  query: string,
): Promise<Row[]> {
  const client = new Client({ connectionString: database.superuserUrl });
  await client.connect();
  try {
    await client.query('set search_path = kulning');
    return (await client.query<Row>(query)).rows;
  } finally {
    await client.end();
  }
}
