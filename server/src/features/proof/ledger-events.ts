import { sql } from 'kysely';

import { KulningError } from '@kulning/sdk';

import { leafBytes, organisationPseudonym, type LedgerEvent } from '../../core/ledger/leaf.ts';
import { tablesOf, type AnyTransaction } from '../../platform/postgres/database.ts';
import { anyEntry } from './ledger-store.ts';
import type { LedgerTables } from './ledger-tables.ts';

/**
 * Hands events to the ledger in the transaction of what happened: they commit with it or not at all (DESIGN §3.3). The
 * sequencer takes them from there. An event whose `id` the ledger already has changes nothing, so that a writer may
 * repeat itself after a crash.
 * @returns the exact leaf of each event
 * @throws KulningError `ledger.not_open` before the first log was opened
 */
export async function recordEvents(
  trx: AnyTransaction,
  events: readonly LedgerEvent[],
): Promise<Uint8Array[]> {
  if (events.length === 0) return [];
  const secret = await openLogSecret(trx);
  const pseudonyms = new Map<string | null, string | null>([[null, null]]);
  for (const { organisation } of events) {
    if (organisation !== null && !pseudonyms.has(organisation))
      pseudonyms.set(organisation, organisationPseudonym(secret, organisation));
  }
  const leaves = events.map((event) =>
    leafBytes({ ...event, organisation: pseudonyms.get(event.organisation) ?? null }),
  );
  const ids = events.map(({ id }) => id ?? null);
  const organisations = events.map(({ organisation }) => organisation);
  const kinds = events.map(({ kind }) => kind);
  const times = events.map(({ at }) => at);
  await sql`
    insert into kulning.ledger_outbox (event_id, organisation_id, kind, at, leaf)
    select event_id, organisation_id, kind, at, leaf
    from unnest(${ids}::text[], ${organisations}::text[], ${kinds}::text[], ${times}::text[], ${leaves}::bytea[])
      with ordinality as event (event_id, organisation_id, kind, at, leaf, position)
    ${anyEntry(sql`event.event_id`)}
    where entry.is_there is null
    order by position
    on conflict (event_id) do nothing
  `.execute(tablesOf<LedgerTables>(trx));
  return leaves;
}

/** One event; see `recordEvents`. */
export async function recordEvent(trx: AnyTransaction, event: LedgerEvent): Promise<{ leaf: Uint8Array }> {
  const [leaf] = await recordEvents(trx, [event]);
  if (leaf === undefined) throw new TypeError('an event gives a leaf');
  return { leaf };
}

/** Of the log that is open now. The entry may still end in its successor; a pseudonym means the log that made it. */
async function openLogSecret(trx: AnyTransaction): Promise<Uint8Array> {
  const row = await tablesOf<LedgerTables>(trx)
    .selectFrom('kulning.ledger_log')
    .select('pseudonym_secret')
    .where('closed_at', 'is', null)
    .executeTakeFirst();
  if (row === undefined) {
    throw new KulningError({
      code: 'ledger.not_open',
      status: 503,
      message: 'No log is open yet, so nothing can be recorded.',
      hint: 'Start a control process: it opens the log.',
      retryable: true,
    });
  }
  return row.pseudonym_secret;
}
