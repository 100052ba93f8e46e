import type { instanceOperations, OperationResult } from '@kulning/sdk';

import type { Words } from '../words/en.ts';
import type { Format } from '../words/format.ts';
import { siteNameAlone, siteNameWithin } from './names.ts';

export type Whereabouts = OperationResult<typeof instanceOperations.where>;

const unique = (items: readonly string[]) => [...new Set(items)];

/**
 * The one true sentence about where the data is, from the facts alone. A country that nobody declared is said to be
 * unknown, and a stand-in is named as one.
 */
export function whereSentence(where: Whereabouts, words: Words, format: Format): string {
  const real = [...where.processing, ...where.storage, ...where.backups, ...where.keys].filter(
    ({ simulated }) => !simulated,
  );
  const known = unique(real.flatMap(({ country }) => (country === null ? [] : [format.country(country)])));
  const places = unique(real.map(({ site }) => siteNameWithin(site, words)));
  const declared = real.every(({ tier }) => tier === null || tier === 'T0');
  const unknown = real.some(({ country }) => country === null);
  const first =
    known.length === 0
      ? words.where.unknown(format.list(places))
      : words.where.known(
          format.list(places),
          format.list(known),
          declared ? words.where.declared : words.where.attested,
        ) + (unknown ? ` ${words.where.partlyUnknown}` : '');
  if (where.simulated.length === 0) return first;
  return `${first} ${words.where.simulated(format.list(unique(where.simulated.map(({ site }) => siteNameAlone(site, words)))), where.simulated.length)}`;
}
