import { instanceOperations, type OperationResult } from '@kulning/sdk';
import { Link } from '@tanstack/react-router';

import { useSpeech } from '../words/words.tsx';
import type { Format } from '../words/format.ts';
import type { Words } from '../words/en.ts';
import { useOperation } from './api.tsx';
import { useMay } from './session.tsx';

export type Whereabouts = OperationResult<typeof instanceOperations.where>;

/** “Borlänge (simulated)” is named so that no list hides it; the sentence says it in the reader's own words. */
const nameAlone = (site: string) => site.replace(/ \([^)]*\)$/, '');

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
  const places = unique(real.map(({ site }) => site));
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
  return `${first} ${words.where.simulated(format.list(unique(where.simulated.map(({ site }) => nameAlone(site)))), where.simulated.length)}`;
}

export function WhereSentence() {
  const { words, format } = useSpeech();
  const may = useMay();
  const where = useOperation(instanceOperations.where, undefined, { enabled: may('sites:read') });
  return (
    <div className="min-h-9 border-b border-line bg-raised px-4 py-2 text-xs text-soft sm:px-6">
      {where.data ? (
        <Link
          to="/proof/where"
          className="text-ink underline decoration-line-strong underline-offset-3 hover:decoration-current"
        >
          {whereSentence(where.data, words, format)}
        </Link>
      ) : where.isError ? (
        <span>
          {words.where.failed} <code className="font-mono">{where.error.code}</code>
        </span>
      ) : (
        <span aria-hidden="true" className="skeleton block h-4 w-80 max-w-full" />
      )}
    </div>
  );
}
