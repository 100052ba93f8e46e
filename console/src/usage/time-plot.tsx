import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

import type { ChartSeries } from './time-chart.tsx';

interface TimePlotProps {
  /** Milliseconds since 1970. */
  readonly at: readonly number[];
  readonly series: readonly ChartSeries[];
  readonly kind: 'bars' | 'lines';
  /** Steps are days of UTC, whatever the reader's zone is. */
  readonly utc: boolean;
  readonly tick: (ms: number, day: boolean) => string;
  readonly number: (value: number) => string;
  /** The step under the pointer, or none. */
  readonly onPoint: (index: number | undefined) => void;
}

const heightPx = 190;
const dayS = 86_400;
/** Charts of a page show the same moment. */
const sync = { key: 'usage' };

/** A chart of time on a canvas; its words and its table stand beside it. Fetched when the first one is shown. */
export function TimePlot({ at, series, kind, utc, tick, number, onPoint }: TimePlotProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const place = box.current;
    if (!place) return;
    let plot: uPlot | undefined;
    const draw = () => {
      plot?.destroy();
      const options = optionsOf({ series, kind, utc, tick, number, onPoint }, place);
      plot = new uPlot(options, dataOf(at, series, kind), place);
    };
    draw();
    const resized = new ResizeObserver(() => plot?.setSize({ width: place.clientWidth, height: heightPx }));
    resized.observe(place);
    const themed = new MutationObserver(draw);
    themed.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      resized.disconnect();
      themed.disconnect();
      plot?.destroy();
    };
  }, [at, series, kind, utc, tick, number, onPoint]);
  return <div ref={box} className="h-[190px] w-full min-w-0" />;
}

/** Bars stand on each other, the last series above: what is drawn of one is the sum up to it. */
function dataOf(
  at: readonly number[],
  series: readonly ChartSeries[],
  kind: TimePlotProps['kind'],
): uPlot.AlignedData {
  const seconds = at.map((ms) => ms / 1000);
  if (kind === 'lines') return [seconds, ...series.map(({ values }) => [...values])];
  let below = at.map(() => 0);
  const stacked = series.map(({ values }) => (below = below.map((sum, index) => sum + (values[index] ?? 0))));
  return [seconds, ...stacked.toReversed()];
}

function optionsOf(
  { series, kind, utc, tick, number, onPoint }: Omit<TimePlotProps, 'at'>,
  place: HTMLElement,
): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const font = `12px ${getComputedStyle(place).fontFamily}`;
  const axis = {
    stroke: colour('--ink-soft'),
    font,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { stroke: colour('--line'), width: 1, size: 4 },
  };
  const bars = uPlot.paths.bars?.({ size: [0.85, 48] });
  const drawn = kind === 'bars' ? series.toReversed() : series;
  return {
    width: place.clientWidth,
    height: heightPx,
    padding: [8, 12, 0, 0],
    legend: { show: false },
    ...(utc && { tzDate: (seconds: number) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC') }),
    cursor: { sync, y: false, drag: { x: false, y: false }, points: { show: kind === 'lines' } },
    scales: { x: { time: true }, y: { range: (_, __, high) => [0, niceTop(high)] } },
    axes: [
      {
        ...axis,
        size: 28,
        values: (_, splits, __, ___, step) => splits.map((second) => tick(second * 1000, step >= dayS)),
      },
      { ...axis, size: 58, values: (_, splits) => splits.map(number) },
    ],
    series: [
      {},
      ...drawn.map(({ label, colour: name, dash }): uPlot.Series => ({
        label,
        stroke: colour(name),
        width: kind === 'lines' ? 2 : 0,
        ...(dash && { dash: [...dash] }),
        ...(kind === 'bars' && bars && { paths: bars, fill: colour(name) }),
        points: { show: kind === 'lines' && drawn.length > 0, size: 4 },
      })),
    ],
    hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx ?? undefined)] },
  };
}

/** A little room above the highest value; something to see where all are zero. */
const niceTop = (high: number | null) => (high === null || high <= 0 ? 1 : high * 1.08);
