import type { Outlook, PrivacyStore } from './privacy-store.ts';

/** What stays readable to nobody but stays, and what Kulning cannot look into, over all stores. */
export async function readOutlook(
  stores: readonly PrivacyStore[],
  organisationId: string,
): Promise<Required<Outlook>> {
  const outlooks = await Promise.all(stores.map((store) => store.outlook(organisationId)));
  return {
    residualCopies: outlooks.flatMap(({ residualCopies }) => residualCopies),
    notVerifiable: outlooks.flatMap(({ notVerifiable }) => notVerifiable),
    consequences: outlooks.flatMap(({ consequences = [] }) => consequences),
  };
}
