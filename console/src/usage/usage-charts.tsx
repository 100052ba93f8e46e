import type { UsageRow } from '@kulning/sdk';
import { useMemo } from 'react';

import { useWords } from '../words/words.tsx';
import { TimeChart } from './time-chart.tsx';
import { type ShownRange, stepsOf } from './usage-range.ts';
import type { UsageView } from './usage-tiles.tsx';

/** The figures of a view over time. */
export function UsageCharts({
  view,
  range,
  rows,
}: {
  readonly view: UsageView;
  readonly range: ShownRange;
  readonly rows: readonly UsageRow[];
}) {
  const { usage } = useWords();
  const { from, to, step } = range;
  const at = useMemo(() => stepsOf({ from, to, step }), [from, to, step]);
  const steps = useMemo(() => {
    const byStart = new Map(rows.map((row) => [row.at === null ? 0 : Date.parse(row.at), row]));
    return at.map((start) => byStart.get(start));
  }, [at, rows]);
  const series = useMemo(() => {
    /** Null where nothing is known of the step's calls, zero where there were none. */
    const summed = (valueOf: (row: UsageRow) => number | null) =>
      steps.map((row) => (row === undefined ? 0 : valueOf(row)));
    const timed = (valueOf: (row: UsageRow) => number | null) =>
      steps.map((row) => (row === undefined ? null : valueOf(row)));
    const bars = (label: string, colour: string, valueOf: (row: UsageRow) => number | null) => ({
      label,
      colour,
      values: summed(valueOf),
    });
    return { bars, timed };
  }, [steps]);
  const { bars, timed } = series;
  const common = { at, step };
  const charts = useMemo(
    () => ({
      calls: [
        bars(usage.answered, '--lawful', ({ answered }) => answered),
        bars(usage.notAnswered, '--refused', ({ calls, answered }) => calls - answered),
      ],
      tokens: [
        bars(usage.inputTokens, '--chart-first', ({ inputTokens }) => inputTokens),
        bars(usage.outputTokens, '--chart-second', ({ outputTokens }) => outputTokens),
      ],
      eur: [bars(usage.eur, '--chart-first', ({ eur }) => (eur === null ? null : Number(eur)))],
      gramsCo2: [bars(usage.gramsCo2, '--chart-carbon', ({ gramsCo2 }) => gramsCo2)],
      wattHours: [bars(usage.wattHours, '--chart-first', ({ wattHours }) => wattHours)],
      latency: [
        { label: usage.p50, colour: '--chart-first', values: timed(({ p50Ms }) => p50Ms) },
        { label: usage.p95, colour: '--chart-second', dash: [7, 3], values: timed(({ p95Ms }) => p95Ms) },
        { label: usage.p99, colour: '--accent', dash: [2, 3], values: timed(({ p99Ms }) => p99Ms) },
      ],
      firstByte: [
        { label: usage.p50, colour: '--chart-first', values: timed(({ firstByteP50Ms }) => firstByteP50Ms) },
        {
          label: usage.p95,
          colour: '--chart-second',
          dash: [7, 3],
          values: timed(({ firstByteP95Ms }) => firstByteP95Ms),
        },
      ],
    }),
    [bars, timed, usage],
  );
  const grid = 'grid gap-4 xl:grid-cols-2';
  switch (view) {
    case 'calls':
      return (
        <div className={grid}>
          <TimeChart {...common} title={usage.charts.calls} kind="bars" series={charts.calls} />
          <TimeChart {...common} title={usage.charts.tokens} kind="bars" series={charts.tokens} />
        </div>
      );
    case 'cost':
      return <TimeChart {...common} title={usage.charts.eur} kind="bars" digits={4} series={charts.eur} />;
    case 'carbon':
      return (
        <div className={grid}>
          <TimeChart
            {...common}
            title={usage.charts.gramsCo2}
            kind="bars"
            digits={3}
            series={charts.gramsCo2}
          />
          <TimeChart
            {...common}
            title={usage.charts.wattHours}
            kind="bars"
            digits={3}
            series={charts.wattHours}
          />
        </div>
      );
    case 'latency':
      return (
        <div className={grid}>
          <TimeChart {...common} title={usage.charts.latency} kind="lines" series={charts.latency} />
          <TimeChart {...common} title={usage.charts.firstByte} kind="lines" series={charts.firstByte} />
        </div>
      );
  }
}
