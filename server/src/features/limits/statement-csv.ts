import type { Statement } from '@kulning/sdk';

import { csvOf } from '../../core/csv.ts';

const columns = [
  'organisation',
  'month',
  'model',
  'site',
  'calls',
  'input_tokens',
  'output_tokens',
  'tokens_unknown_calls',
  'eur',
  'eur_unknown_calls',
  'price_versions',
  'watt_hours',
  'energy_unknown_calls',
  'energy_provenance',
  'grams_co2e',
  'carbon_unknown_calls',
  'carbon_provenance',
] as const;

/** The last row is the total. Unknown is an empty field, never a zero. */
export function statementCsv({ organisation, month, lines, total }: Statement): string {
  const rows = [
    ...lines.map((line) => rowOf(line, line.model, line.siteId ?? '', line.priceIds)),
    rowOf(total, 'total', '', []),
  ];
  const head = [organisation.name, month];
  return csvOf([columns, ...rows.map((row) => [...head, ...row])]);
}

function rowOf(sums: Statement['total'], model: string, site: string, priceIds: readonly string[]) {
  return [
    model,
    site,
    sums.calls,
    sums.inputTokens,
    sums.outputTokens,
    sums.tokensUnknownCalls,
    sums.eur,
    sums.eurUnknownCalls,
    priceIds.join(' '),
    sums.wattHours,
    sums.energyUnknownCalls,
    sums.energyProvenance.join(' '),
    sums.gramsCo2,
    sums.carbonUnknownCalls,
    sums.carbonProvenance.join(' '),
  ];
}
