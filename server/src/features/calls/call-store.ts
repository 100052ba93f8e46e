import { sql, type Transaction } from 'kysely';

import type { CallIntent, FigureJson } from '../dispatch/index.ts';
import { type EndedCall, handlingOf } from './call-leaf.ts';
import type { CallTables } from './call-tables.ts';

export type CallTransaction = Transaction<CallTables>;

/** Locks the journal's offset until the transaction ends: of two shippers the second then sees what the first moved. */
export async function lockOffset(trx: CallTransaction, processId: string): Promise<number> {
  await trx
    .insertInto('kulning.spool_offset')
    .values({ process_id: processId, sequence: 0, moved_at: new Date() })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await trx
    .selectFrom('kulning.spool_offset')
    .select('sequence')
    .where('process_id', '=', processId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  return Number(row.sequence);
}

export async function moveOffset(trx: CallTransaction, processId: string, sequence: number): Promise<void> {
  await trx
    .updateTable('kulning.spool_offset')
    .set({ sequence, moved_at: new Date() })
    .where('process_id', '=', processId)
    .execute();
}

export async function forgetOffset(trx: CallTransaction, processId: string): Promise<void> {
  await trx.deleteFrom('kulning.spool_offset').where('process_id', '=', processId).execute();
}

/** Calls that are still running when their intents are moved wait here for their end. */
export async function keepBegun(
  trx: CallTransaction,
  processId: string,
  intents: readonly CallIntent[],
): Promise<void> {
  if (intents.length === 0) return;
  await sql`
    insert into kulning.call_begun (id, organisation_id, process_id, intent)
    select intent ->> 'callId', intent -> 'decision' -> 'request' ->> 'organisationId', ${processId}, intent
    from jsonb_array_elements(${JSON.stringify(intents)}::jsonb) as begun (intent)
    on conflict (id) do update set intent = excluded.intent
  `.execute(trx);
}

/** Takes out those of these calls that waited, or all of a process. */
export async function takeBegun(
  trx: CallTransaction,
  which: { callIds: readonly string[] } | { processId: string },
): Promise<CallIntent[]> {
  const begun = trx.deleteFrom('kulning.call_begun').returning('intent');
  const rows =
    'processId' in which
      ? await begun.where('process_id', '=', which.processId).execute()
      : await begun.where('id', '=', sql<string>`any(${which.callIds}::text[])`).execute();
  return rows.map(({ intent }) => intent);
}

const micros = (ms: number | undefined) => (ms === undefined ? null : Math.round(ms * 1000));
const unknown = (unit: FigureJson['unit']): FigureJson => ({
  value: null,
  unit,
  provenance: 'unknown',
  method: 'the call was interrupted',
});

function rowOf({ intent, settlement }: EndedCall) {
  const { decision, placed } = intent;
  const { request, inputs } = decision;
  return {
    id: intent.callId,
    organisation_id: request.organisationId,
    at: new Date(intent.at).toISOString(),
    ended_at: new Date(settlement?.at ?? intent.at).toISOString(),
    outcome: settlement?.outcome ?? 'interrupted',
    status: settlement?.status ?? null,
    reason: settlement?.reason ?? null,
    key_id: intent.keyId,
    model: request.model,
    streamed: intent.streamed,
    data_class: request.dataClass ?? null,
    purpose: request.purpose,
    site_id: placed?.siteId ?? null,
    deployment_id: placed?.deploymentId ?? null,
    model_version: placed?.modelVersion ?? null,
    model_digest: placed?.digest ?? null,
    simulated: placed?.path.some(({ simulated }) => simulated) ?? false,
    policy_hash: decision.policy,
    facts_hash: decision.facts,
    rules: intent.rules,
    request,
    inputs,
    input_tokens: settlement?.tokens?.input ?? null,
    output_tokens: settlement?.tokens?.output ?? null,
    energy: settlement?.energy ?? unknown('Wh'),
    carbon: settlement?.carbon ?? unknown('g'),
    first_byte_us: micros(settlement?.firstByteMs),
    total_us: micros(settlement?.totalMs),
    overhead_us: micros(settlement?.overheadMs),
    content_kept: settlement?.content !== undefined,
    nano_eur: settlement?.charge?.nanoEur ?? null,
    price_id: settlement?.charge?.priceId ?? null,
    team_id: settlement?.charge?.teamId ?? null,
    agency_id: settlement?.charge?.agencyId ?? null,
    handling: handlingOf({ intent, settlement }) ?? null,
  };
}

/**
 * One statement and one parameter for any number of calls: binding them one by one costs twice the time.
 * @returns the row ids of those that were not there yet
 */
export async function insertCalls(trx: CallTransaction, calls: readonly EndedCall[]): Promise<bigint[]> {
  if (calls.length === 0) return [];
  const { rows } = await sql<{ row_id: bigint }>`
    insert into kulning.call (id, organisation_id, at, ended_at, outcome, status, reason, key_id, model, streamed,
      data_class, purpose, site_id, deployment_id, model_version, model_digest, simulated, policy_hash, facts_hash,
      rules, request, inputs, input_tokens, output_tokens, energy, carbon, first_byte_us, total_us, overhead_us,
      content_kept, nano_eur, price_id, team_id, agency_id, handling)
    select id, organisation_id, at, ended_at, outcome, status, reason, key_id, model, streamed, data_class, purpose,
      site_id, deployment_id, model_version, model_digest, simulated, policy_hash, facts_hash, rules, request, inputs,
      input_tokens, output_tokens, energy, carbon, first_byte_us, total_us, overhead_us, content_kept,
      nano_eur, price_id, team_id, agency_id, handling
    from jsonb_to_recordset(${JSON.stringify(calls.map(rowOf))}::jsonb) as call (id text, organisation_id text,
      at timestamptz, ended_at timestamptz, outcome text, status integer, reason text, key_id text, model text,
      streamed boolean, data_class text, purpose text, site_id text, deployment_id text, model_version text,
      model_digest text, simulated boolean, policy_hash text, facts_hash text, rules text[], request jsonb,
      inputs jsonb, input_tokens bigint, output_tokens bigint, energy jsonb, carbon jsonb, first_byte_us bigint,
      total_us bigint, overhead_us bigint, content_kept boolean, nano_eur bigint, price_id text, team_id text,
      agency_id text, handling jsonb)
    on conflict (id) do nothing
    returning row_id
  `.execute(trx);
  return rows.map(({ row_id }) => row_id);
}
