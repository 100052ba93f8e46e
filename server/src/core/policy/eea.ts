/**
 * The European Economic Area: the 27 member states of the European Union, Iceland, Liechtenstein and Norway.
 * Source: Agreement on the European Economic Area (OJ L 1, 3.1.1994) as in force since the United Kingdom left.
 * Switzerland and the United Kingdom are outside; adequacy decisions are not membership.
 */
const eea: ReadonlySet<string> = new Set(
  `AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK
   IS LI NO`.split(/\s+/),
);

/** An unknown country is not in the EEA. */
export function isInEea(country: string | undefined): boolean {
  return country !== undefined && eea.has(country);
}
