import type { UsageFigures, UsageRow } from '@kulning/sdk';

import { siteNameAlone } from '../app/names.ts';
import { Hatched } from '../ui/badge.tsx';
import { Figure } from '../ui/figure.tsx';
import type { Column } from '../ui/table.tsx';
import { useSpeech } from '../words/words.tsx';
import { digitsOf, provenanceOf, type SumKind } from './usage-provenance.ts';
import type { UsageView } from './usage-tiles.tsx';

type Dimension = 'model' | 'key' | 'team' | 'site' | 'deployment' | 'price' | 'organisation';

export const groupings: readonly Dimension[] = [
  'model',
  'key',
  'team',
  'site',
  'deployment',
  'price',
  'organisation',
];

/** What a group is called, and the figures that a view is about. */
export function useUsageColumns(view: UsageView, by: Dimension): readonly Column<UsageRow>[] {
  const { words, format } = useSpeech();
  const { usage } = words;
  const count = (id: 'calls' | 'answered' | 'refused' | 'failed', wide = false): Column<UsageRow> => ({
    id,
    title: usage[id],
    align: 'end',
    ...(wide && { wide }),
    cell: (row) => format.number(row[id], 0),
    value: (row) => row[id],
  });
  const sum = (
    id: string,
    kind: SumKind,
    title: string,
    valueOf: (figures: UsageFigures) => number | null,
    { unit = '', digits = 0, wide = false } = {},
  ): Column<UsageRow> => ({
    id,
    title,
    align: 'end',
    ...(wide && { wide }),
    cell: (row) =>
      // Where nothing was timed nothing is unknown.
      kind === 'latency' && valueOf(row) === null ? (
        '–'
      ) : (
        <Figure
          name={title}
          value={valueOf(row)}
          unit={unit}
          digits={digitsOf(valueOf(row), digits)}
          {...provenanceOf(kind, row, words, format)}
        />
      ),
    value: valueOf,
  });
  const name: Column<UsageRow> = {
    id: 'name',
    title: usage.dimensions[by],
    cell: (row) =>
      row.id === null || row.id === '' ? (
        <span className="text-soft italic">{row.id === '' ? usage.unread : usage.none}</span>
      ) : (
        <>
          {nameOf(row, by === 'site' || by === 'deployment' ? siteNameAlone(row.name, words) : row.name)}{' '}
          {row.simulated === row.calls && <Hatched>{words.common.simulated}</Hatched>}
        </>
      ),
    value: (row) => (row.id === null ? null : row.name),
  };
  const euro = ({ eur }: UsageFigures) => (eur === null ? null : Number(eur));
  const views: Readonly<Record<UsageView, readonly Column<UsageRow>[]>> = {
    calls: [
      count('calls'),
      count('answered'),
      count('refused', true),
      count('failed', true),
      sum('input', 'tokens', usage.inputTokens, ({ inputTokens }) => inputTokens, { wide: true }),
      sum('output', 'tokens', usage.outputTokens, ({ outputTokens }) => outputTokens),
    ],
    cost: [count('calls'), sum('eur', 'eur', usage.eur, euro, { unit: '€', digits: 4 })],
    carbon: [
      count('calls'),
      sum('wattHours', 'energy', usage.wattHours, ({ wattHours }) => wattHours, { unit: 'Wh', digits: 3 }),
      sum('gramsCo2', 'carbon', usage.gramsCo2, ({ gramsCo2 }) => gramsCo2, { unit: 'g', digits: 3 }),
    ],
    latency: [
      count('answered'),
      sum('p50', 'latency', usage.p50, ({ p50Ms }) => p50Ms, { unit: usage.ms }),
      sum('p95', 'latency', usage.p95, ({ p95Ms }) => p95Ms, { unit: usage.ms }),
      sum('p99', 'latency', usage.p99, ({ p99Ms }) => p99Ms, { unit: usage.ms, wide: true }),
      sum('first', 'latency', usage.firstByte, ({ firstByteP50Ms }) => firstByteP50Ms, {
        unit: usage.ms,
        wide: true,
      }),
      sum('overhead', 'latency', usage.overhead, ({ overheadP50Ms }) => overheadP50Ms, {
        unit: usage.ms,
        digits: 1,
        wide: true,
      }),
      sum('speed', 'latency', usage.tokensPerSecond, ({ tokensPerSecond }) => tokensPerSecond, {
        wide: true,
      }),
    ],
  };
  return [name, ...views[view]];
}

/** An id that stands for a name that is gone is set as an id. */
function nameOf({ id }: UsageRow, shown: string) {
  return shown === id && /^[a-z]+_[0-9a-f]{32}$/.test(shown) ? (
    <code
      className="font-mono text-xs"
      title={shown}
    >{`${shown.slice(0, shown.indexOf('_') + 1)}…${shown.slice(-8)}`}</code>
  ) : (
    shown
  );
}
