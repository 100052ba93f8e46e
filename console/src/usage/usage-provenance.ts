import type { UsageFigures } from '@kulning/sdk';

import type { Provenance } from '../ui/figure.tsx';
import type { Format } from '../words/format.ts';
import type { Words } from '../words/en.ts';

/** The least certain first: a sum is no surer than the least sure of its parts. */
const byDoubt = ['modelled', 'declared', 'apportioned', 'measured'] as const;

export interface SumProvenance {
  readonly provenance: Provenance;
  readonly source: string;
  readonly remedy: string;
}

/** A large sum needs no thousandths. */
export const digitsOf = (value: number | null, most: number): number =>
  value === null || value < 10 ? most : Math.min(most, value < 100 ? 1 : 0);

export type SumKind = 'tokens' | 'eur' | 'energy' | 'carbon' | 'latency';

/** Where a sum over calls comes from, and for which part of them it is known. */
export function provenanceOf(
  kind: SumKind,
  figures: UsageFigures,
  words: Words,
  format: Format,
): SumProvenance {
  const { kinds, share } = knownOf(kind, figures);
  const named = kinds.length > 1 ? format.list(kinds.map((each) => words.provenance.named[each])) : undefined;
  const known = share === null || share === 1 ? undefined : words.usage.knownOf(format.percent(share));
  return {
    provenance: byDoubt.find((each) => kinds.includes(each)) ?? 'declared',
    source: [words.usage.sources[kind], named, known].filter((part) => part !== undefined).join('; '),
    remedy: words.usage.remedies[kind],
  };
}

function knownOf(
  kind: SumKind,
  figures: UsageFigures,
): { kinds: readonly (typeof byDoubt)[number][]; share: number | null } {
  switch (kind) {
    case 'tokens':
      return { kinds: ['declared'], share: figures.tokensKnown };
    case 'eur':
      return { kinds: ['declared'], share: figures.eurKnown };
    case 'energy':
      return { kinds: figures.energyProvenance, share: figures.energyKnown };
    case 'carbon':
      return { kinds: figures.carbonProvenance, share: figures.carbonKnown };
    case 'latency':
      return { kinds: ['measured'], share: null };
  }
}
