import { lazy, Suspense, useCallback, useMemo, useState } from 'react';

import { Button } from '../ui/button.tsx';
import { Panel } from '../ui/panel.tsx';
import { Table, type Column } from '../ui/table.tsx';
import { useSpeech } from '../words/words.tsx';

const TimePlot = lazy(async () => ({ default: (await import('./time-plot.tsx')).TimePlot }));

export interface ChartSeries {
  readonly label: string;
  /** Null is unknown, or nothing to measure. */
  readonly values: readonly (number | null)[];
  /** A variable of the theme: `--lawful`. */
  readonly colour: string;
  /** Lines are told apart by more than their colour. */
  readonly dash?: readonly number[];
}

interface TimeChartProps {
  readonly title: string;
  /** When each step begins, milliseconds since 1970. */
  readonly at: readonly number[];
  readonly step: 'hour' | 'day';
  readonly series: readonly ChartSeries[];
  readonly kind: 'bars' | 'lines';
  readonly digits?: number;
}

/** Figures over time: as a chart for the eye, as a sentence for a screen reader, and as a table for whoever wants it. */
export function TimeChart({ title, at, step, series, kind, digits = 0 }: TimeChartProps) {
  const { words, format } = useSpeech();
  const [table, setTable] = useState(false);
  const [point, setPoint] = useState<number>();
  const utc = step === 'day';
  const tick = useCallback(
    (ms: number, day: boolean) => {
      const hour = format.tick(ms, 'hour', utc);
      // Midnight is where a day begins.
      return day || hour.startsWith('00:00') ? format.tick(ms, 'day', utc) : hour;
    },
    [format, utc],
  );
  const number = useCallback(
    (value: number) => format.number(value, value < 1 ? Math.max(3, digits) : digits),
    [format, digits],
  );
  const highest = useMemo(() => highestOf(series), [series]);
  const when = (index: number) => format.tick(at[index] ?? 0, 'full', utc);
  return (
    <Panel
      title={title}
      flush={table}
      actions={
        <Button kind="quiet" aria-pressed={table} onClick={() => setTable(!table)}>
          {table ? words.usage.asChart : words.usage.asTable}
        </Button>
      }
    >
      {table ? (
        <StepTable title={title} at={at} series={series} when={when} number={number} />
      ) : (
        <>
          <Legend series={series} point={point} when={when} number={number} />
          <div
            role="img"
            aria-label={words.usage.chartOf(title, number(highest.value), when(highest.index))}
            className="min-h-[190px]"
          >
            <Suspense>
              <TimePlot
                at={at}
                series={series}
                kind={kind}
                utc={utc}
                tick={tick}
                number={number}
                onPoint={setPoint}
              />
            </Suspense>
          </div>
        </>
      )}
    </Panel>
  );
}

function highestOf(series: readonly ChartSeries[]): { index: number; value: number } {
  let highest = { index: 0, value: 0 };
  for (const { values } of series)
    for (const [index, value] of values.entries())
      if (value !== null && value > highest.value) highest = { index, value };
  return highest;
}

/** What the colours are, with the values under the pointer. */
function Legend({
  series,
  point,
  when,
  number,
}: {
  readonly series: readonly ChartSeries[];
  readonly point: number | undefined;
  readonly when: (index: number) => string;
  readonly number: (value: number) => string;
}) {
  return (
    <div className="mb-2 flex min-h-5 flex-wrap items-center gap-x-4 gap-y-1 text-xs">
      {series.map(({ label, values, colour, dash }) => {
        const value = point === undefined ? undefined : values[point];
        return (
          <span key={label} className="inline-flex items-center gap-1.5">
            <svg aria-hidden="true" viewBox="0 0 18 8" className="h-2 w-[18px]">
              <line
                x1="0"
                x2="18"
                y1="4"
                y2="4"
                stroke={`var(${colour})`}
                strokeWidth={dash ? 2.5 : 6}
                strokeDasharray={dash?.join(' ')}
              />
            </svg>
            <span>{label}</span>
            {point !== undefined && (
              <span className="font-medium">
                {value === null || value === undefined ? '–' : number(value)}
              </span>
            )}
          </span>
        );
      })}
      {point !== undefined && <span className="ml-auto text-soft">{when(point)}</span>}
    </div>
  );
}

function StepTable({
  title,
  at,
  series,
  when,
  number,
}: {
  readonly title: string;
  readonly at: readonly number[];
  readonly series: readonly ChartSeries[];
  readonly when: (index: number) => string;
  readonly number: (value: number) => string;
}) {
  const { words } = useSpeech();
  const columns: readonly Column<number>[] = [
    {
      id: 'at',
      title: words.usage.when,
      cell: when,
      value: (index) => new Date(at[index] ?? 0).toISOString(),
    },
    ...series.map(({ label, values }): Column<number> => ({
      id: label,
      title: label,
      align: 'end',
      cell: (index) => {
        const value = values[index];
        return value === null || value === undefined ? '–' : number(value);
      },
      value: (index) => values[index] ?? null,
    })),
  ];
  return (
    <div className="max-h-80 overflow-y-auto">
      <Table
        caption={title}
        columns={columns}
        rows={at.map((_, index) => index).toReversed()}
        rowKey={String}
        csv={`${title}.csv`}
      />
    </div>
  );
}
