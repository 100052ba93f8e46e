import type { UsageFigures } from '@kulning/sdk';

import { csvOf } from '../../core/csv.ts';
import type { Usage } from './usage-service.ts';

type Cell = string | number | null;

/** Each column’s name carries its unit. */
const columns: Readonly<Record<string, (figures: UsageFigures) => Cell>> = {
  calls: ({ calls }) => calls,
  answered: ({ answered }) => answered,
  refused: ({ refused }) => refused,
  failed: ({ failed }) => failed,
  cancelled: ({ cancelled }) => cancelled,
  interrupted: ({ interrupted }) => interrupted,
  simulated: ({ simulated }) => simulated,
  input_tokens: ({ inputTokens }) => inputTokens,
  output_tokens: ({ outputTokens }) => outputTokens,
  tokens_known_share: ({ tokensKnown }) => tokensKnown,
  eur: ({ eur }) => eur,
  eur_known_share: ({ eurKnown }) => eurKnown,
  watt_hours: ({ wattHours }) => wattHours,
  energy_known_share: ({ energyKnown }) => energyKnown,
  energy_provenance: ({ energyProvenance }) => energyProvenance.join(' '),
  grams_co2e: ({ gramsCo2 }) => gramsCo2,
  carbon_known_share: ({ carbonKnown }) => carbonKnown,
  carbon_provenance: ({ carbonProvenance }) => carbonProvenance.join(' '),
  latency_p50_ms: ({ p50Ms }) => p50Ms,
  latency_p95_ms: ({ p95Ms }) => p95Ms,
  latency_p99_ms: ({ p99Ms }) => p99Ms,
  first_byte_p50_ms: ({ firstByteP50Ms }) => firstByteP50Ms,
  first_byte_p95_ms: ({ firstByteP95Ms }) => firstByteP95Ms,
  first_byte_p99_ms: ({ firstByteP99Ms }) => firstByteP99Ms,
  overhead_p50_ms: ({ overheadP50Ms }) => overheadP50Ms,
  overhead_p95_ms: ({ overheadP95Ms }) => overheadP95Ms,
  overhead_p99_ms: ({ overheadP99Ms }) => overheadP99Ms,
  tokens_per_second: ({ tokensPerSecond }) => tokensPerSecond,
};

/** The last row is the total. Unknown is an empty field, never a zero. */
export function usageCsv({ items, total }: Usage): string {
  const cells = (figures: UsageFigures) => Object.values(columns).map((cell) => cell(figures));
  return csvOf([
    ['at', 'id', 'name', ...Object.keys(columns)],
    ...items.map((row) => [row.at, row.id, row.name, ...cells(row)]),
    ['', '', 'total', ...cells(total)],
  ]);
}
