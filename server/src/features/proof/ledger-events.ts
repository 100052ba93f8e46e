import { KulningError } from '@kulning/sdk';

import { leafBytes, organisationPseudonym, type LedgerEvent } from '../../core/ledger/leaf.ts';
import { tablesOf, type AnyTransaction } from '../../platform/postgres/database.ts';
import type { LedgerTables } from './ledger-tables.ts';
import { insertWaiting, openLogSecret } from './outbox-store.ts';
import { proofWords } from './proof-words.ts';

/**
 * Hands events to the ledger in the transaction of what happened: they commit with it or not at all (DESIGN §3.3). The
 * sequencer takes them from there. An event whose `id` the ledger already has changes nothing, so that a writer may
 * repeat itself after a crash. A pseudonym is that of the log which is open now, even if the entry ends in its
 * successor.
 * @returns the exact leaf of each event
 * @throws KulningError `ledger.not_open` before the first log was opened
 */
export async function recordEvents(
  trx: AnyTransaction,
  events: readonly LedgerEvent[],
): Promise<Uint8Array[]> {
  if (events.length === 0) return [];
  const tables = tablesOf<LedgerTables>(trx);
  const secret = await openLogSecret(tables);
  if (secret === undefined) throw notOpen();
  const pseudonyms = new Map<string | null, string | null>([[null, null]]);
  for (const { organisation } of events) {
    if (organisation === null || pseudonyms.has(organisation)) continue;
    pseudonyms.set(organisation, organisationPseudonym(secret, organisation));
  }
  const entries = events.map((event) => ({
    eventId: event.id ?? null,
    organisationId: event.organisation,
    kind: event.kind,
    at: event.at,
    leaf: leafBytes({ ...event, organisation: pseudonyms.get(event.organisation) ?? null }),
  }));
  await insertWaiting(tables, entries);
  return entries.map(({ leaf }) => leaf);
}

/** One event; see `recordEvents`. */
export async function recordEvent(trx: AnyTransaction, event: LedgerEvent): Promise<{ leaf: Uint8Array }> {
  const [leaf] = await recordEvents(trx, [event]);
  if (leaf === undefined) throw new TypeError('an event gives a leaf');
  return { leaf };
}

function notOpen(): KulningError {
  return new KulningError({
    code: 'ledger.not_open',
    status: 503,
    text: proofWords.noLogOpen,
    retryable: true,
  });
}
