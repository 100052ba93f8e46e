import type { FormTexts } from '../app/form.ts';

const figures = ['powerLimitMw', 'gramsCo2PerKwh', 'eurPerMwh', 'pue', 'roundTripMs'] as const;
const facts = ['country', 'gridZone', 'operator', 'opensAt', 'closesAt'] as const;

type Declared = { [name in (typeof figures)[number]]?: number | null } & {
  [name in (typeof facts)[number]]?: string | null;
} & {
  parent?: { name: string; country: string } | null;
  certifications?: string[] | null;
};

/** A decimal as people write it; French and Swedish readers use a comma. */
export const numberOf = (text: string): number => Number(text.replace(',', '.').replaceAll(/\s/g, ''));

/**
 * What the form says about a site, with `before` what it said when it opened: a field that did not change is left out
 * (its source and tier stay as they are), one that was emptied is withdrawn (`null`), and then unknown.
 */
export function declarationOf(texts: FormTexts, before: FormTexts): Declared {
  const changed = (name: string) => texts[name] !== before[name];
  const declared: Declared = {};
  for (const name of facts) if (changed(name)) declared[name] = texts[name] ?? null;
  for (const name of figures)
    if (changed(name)) declared[name] = texts[name] === undefined ? null : numberOf(texts[name]);
  if (changed('parentName') || changed('parentCountry')) {
    declared.parent =
      texts.parentName === undefined || texts.parentCountry === undefined
        ? null
        : { name: texts.parentName, country: texts.parentCountry };
  }
  if (changed('certifications'))
    declared.certifications = texts.certifications === undefined ? null : linesOf(texts.certifications);
  return declared;
}

const linesOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** Without what was withdrawn: a new site has nothing to withdraw. */
export function stated(declared: Declared): { [name in keyof Declared]: NonNullable<Declared[name]> } {
  return Object.fromEntries(Object.entries(declared).filter(([, value]) => value !== null));
}
