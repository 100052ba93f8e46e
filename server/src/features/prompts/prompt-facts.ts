import { type AnyTransaction, tablesOf } from '../../platform/postgres/database.ts';
import { promptRows, type PromptRow, type VersionRow } from './prompt-store.ts';
import type { PromptTables } from './prompt-tables.ts';

/** The templates of one organisation, by id and by name. */
export type PromptFacts = ReadonlyMap<string, PromptRow>;

/** In the transaction of a snapshot: by organisation; who has no templates is not in it. */
export async function readPromptFacts(trx: AnyTransaction): Promise<ReadonlyMap<string, PromptFacts>> {
  const rows = await promptRows(tablesOf<PromptTables>(trx));
  const byOrganisation = Map.groupBy(rows, ({ organisationId }) => organisationId);
  return new Map(
    [...byOrganisation].map(([organisationId, prompts]) => [
      organisationId,
      new Map(prompts.flatMap((row) => [[row.id, row] as const, [row.name, row] as const])),
    ]),
  );
}

/** By number, by label, or `latest`. Who says nothing gets `production`, or the newest where nothing is labelled so. */
export function versionOf(
  { versions, labels }: PromptRow,
  wanted: string | undefined,
): VersionRow | undefined {
  const name = wanted ?? (labels.has('production') ? 'production' : 'latest');
  if (name === 'latest') return versions[0];
  const number = labels.get(name) ?? (/^\d{1,9}$/.test(name) ? Number(name) : undefined);
  return versions.find(({ version }) => version === number);
}
