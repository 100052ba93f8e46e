import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { catalogueModel, KulningError, type CatalogueModel, type ModelLicence } from '@kulning/sdk';

import { catalogueWords } from './catalogue-words.ts';
import { nameFrom } from './model.ts';

/** Of a clause in dollars: no more than it at any rate below 1.17 USD per EUR (data/models/SOURCE.md). */
const EUR_PER_USD = 0.85;

/** By name. @throws ZodError for a file that is no model of the catalogue */
export function loadCatalogue(folder: string): CatalogueModel[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => catalogueModel.parse(JSON.parse(readFileSync(join(folder, file), 'utf8'))))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** The model that one of these names means: the longest of its names that a given name begins with, or holds as a whole. */
export function catalogued(
  catalogue: readonly CatalogueModel[],
  given: readonly (string | undefined)[],
): CatalogueModel | undefined {
  const texts = given.filter((text) => text !== undefined).map(nameFrom);
  let best: { readonly model: CatalogueModel; readonly length: number } | undefined;
  for (const model of catalogue)
    for (const name of model.names)
      if (name.length > (best?.length ?? 0) && texts.some((text) => holds(text, name)))
        best = { model, length: name.length };
  return best?.model;
}

function holds(text: string, name: string): boolean {
  const at = text.indexOf(name);
  const border = (character: string | undefined) => character === undefined || /[^a-z0-9]/u.test(character);
  return at >= 0 && border(text[at - 1]) && border(text[at + name.length]);
}

/** The terms of a catalogued model, as policy reads them. */
export function licenceTerms({ licence, card }: CatalogueModel): ModelLicence | undefined {
  if (licence === null) return undefined;
  const { id, nonCommercial, revenueCap } = licence;
  return {
    id,
    source: 'card',
    ...(card !== null && { link: card }),
    ...(nonCommercial !== undefined && { nonCommercial }),
    ...(revenueCap !== undefined && { revenueCapEurPerMonth: revenueCap.amount * EUR_PER_USD }),
  };
}

/** What is known of the licence of a model that goes by one of these names. */
export function termsOf(
  catalogue: readonly CatalogueModel[],
  names: readonly (string | undefined)[],
): ModelLicence | undefined {
  const known = catalogued(catalogue, names);
  return known && licenceTerms(known);
}

/** Null: it hangs on a revenue or a licence that is not known. */
export function licenceAllows(
  licence: Pick<ModelLicence, 'nonCommercial' | 'revenueCapEurPerMonth'> | undefined,
  revenueEur: number | undefined,
): boolean | null {
  if (licence === undefined) return null;
  if (licence.nonCommercial === true) return false;
  const { revenueCapEurPerMonth: cap } = licence;
  if (cap === undefined) return true;
  return revenueEur === undefined ? null : revenueEur / 12 <= cap;
}

/**
 * Who deploys a model must have rights in it. Every call is judged by policy too, which knows the purpose: a licence
 * for non-commercial use is decided there.
 * @throws KulningError `licence.revenue_cap`
 */
export function requireRights(name: string, licence: ModelLicence, revenueEur: number | undefined): void {
  const { revenueCapEurPerMonth: cap } = licence;
  if (cap === undefined || licenceAllows({ revenueCapEurPerMonth: cap }, revenueEur) !== false) return;
  throw new KulningError({
    code: 'licence.revenue_cap',
    status: 403,
    text: catalogueWords.revenueCap(name, licence.id, Math.round(cap), Math.round((revenueEur ?? 0) / 12)),
  });
}
