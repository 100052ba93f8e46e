import type { instanceOperations, OperationResult, Site } from '@kulning/sdk';
import { type QueryExecutorProvider, sql } from 'kysely';

type Where = OperationResult<typeof instanceOperations.where>;
type Steps = OperationResult<typeof instanceOperations.steps>['items'];
type Place = Where['processing'][number];

/**
 * Which first steps an organisation has taken. `verify` is not among them: it happens on another computer, and nobody
 * here can know.
 */
export async function stepsTaken(
  trx: QueryExecutorProvider,
  organisationId: string,
  shippedModel: string,
): Promise<Steps> {
  const { rows } = await sql<Record<'triage' | 'refusal' | 'erase' | 'model', boolean>>`
    select
      exists (select from kulning.call where organisation_id = ${organisationId} and outcome = 'answered') as triage,
      exists (select from kulning.call where organisation_id = ${organisationId} and outcome = 'refused') as refusal,
      exists (select from kulning.erasure where organisation_id = ${organisationId} and state = 'completed') as erase,
      exists (select from kulning.model where name <> ${shippedModel}) as model
  `.execute(trx);
  const taken = rows[0];
  return (['triage', 'refusal', 'erase', 'model'] as const).map((id) => ({ id, done: taken?.[id] === true }));
}

/** Where data physically is, from what is known of the sites: each place with the evidence for its country. */
export function whereabouts(
  sites: readonly Site[],
  here: Site | undefined,
  { keysFolder, hasBackups }: { readonly keysFolder: string; readonly hasBackups: boolean },
): Where {
  const own = here === undefined ? [] : [placeOf(here)];
  return {
    processing: own,
    storage: own,
    backups: hasBackups ? own : [],
    keys: own.map((place) => ({ ...place, folder: keysFolder })),
    simulated: sites.filter(({ simulated }) => simulated).map(placeOf),
  };
}

function placeOf(site: Site): Place {
  return {
    site: site.name,
    place: site.place === '' ? null : site.place,
    country: site.country?.value ?? null,
    tier: site.country?.tier ?? null,
    simulated: site.simulated,
  };
}
