import { counter, gauge } from './prometheus.ts';
import type { SpanCounts } from './span-exporter.ts';

/** Of the spans that a process exports, and of those that others export for it; nothing where there are none. */
export function spanLines(all: readonly (SpanCounts | undefined)[]): string[] {
  const counts = all.filter((each) => each !== undefined);
  if (counts.length === 0) return [];
  const sum = (of: (each: SpanCounts) => number) => counts.reduce((total, each) => total + of(each), 0);
  return [
    ...counter('kulning_spans_total', 'Spans by what became of them; dropped ones found no room.', [
      [{ outcome: 'exported' }, sum(({ exported }) => exported)],
      [{ outcome: 'dropped' }, sum(({ dropped }) => dropped)],
      [{ outcome: 'rejected' }, sum(({ rejected }) => rejected)],
    ]),
    ...gauge('kulning_spans_waiting', 'Spans that wait for their receiver.', [
      [{}, sum(({ waiting }) => waiting)],
    ]),
  ];
}
