import type { UsageFigures } from '@kulning/sdk';
import type { ReactNode } from 'react';

import { Figure } from '../ui/figure.tsx';
import { useSpeech } from '../words/words.tsx';
import { digitsOf, provenanceOf, type SumKind } from './usage-provenance.ts';

export type UsageView = 'calls' | 'cost' | 'carbon' | 'latency';

/** The figures of the whole range, large enough to be read from a metre. */
export function UsageTiles({ view, total }: { readonly view: UsageView; readonly total: UsageFigures }) {
  const { words, format } = useSpeech();
  const { usage } = words;
  const tokens = total.inputTokens === null ? null : total.inputTokens + (total.outputTokens ?? 0);
  const perThousand = (sum: number | null) => (sum === null || !tokens ? null : (sum / tokens) * 1000);
  const eur = total.eur === null ? null : Number(total.eur);
  const simulated = total.simulated > 0 && usage.simulatedCalls(format.number(total.simulated));
  const part = (count: number) => total.calls > 0 && usage.share(format.percent(count / total.calls));
  const sum = (kind: SumKind, name: string, value: number | null, unit: string, digits: number) => (
    <SumTile key={name} kind={kind} name={name} value={value} unit={unit} digits={digits} figures={total} />
  );
  switch (view) {
    case 'calls':
      return (
        <Tiles>
          <CountTile name={usage.calls} value={total.calls} more={simulated} />
          <CountTile name={usage.answered} value={total.answered} more={part(total.answered)} />
          <CountTile name={usage.refused} value={total.refused} more={part(total.refused)} />
          {sum('tokens', usage.inputTokens, total.inputTokens, '', 0)}
          {sum('tokens', usage.outputTokens, total.outputTokens, '', 0)}
        </Tiles>
      );
    case 'cost':
      return (
        <Tiles>
          {sum('eur', usage.eur, eur, '€', 4)}
          {sum('eur', usage.perThousand, perThousand(eur), '€', 5)}
          <CountTile name={usage.calls} value={total.calls} more={simulated} />
        </Tiles>
      );
    case 'carbon':
      return (
        <Tiles>
          {sum('carbon', usage.gramsCo2, total.gramsCo2, 'g', 3)}
          {sum('energy', usage.wattHours, total.wattHours, 'Wh', 3)}
          {sum('energy', usage.wattHoursPerThousand, perThousand(total.wattHours), 'Wh', 3)}
          <CountTile name={usage.calls} value={total.calls} more={simulated} />
        </Tiles>
      );
    case 'latency':
      return (
        <Tiles>
          {sum('latency', usage.p50, total.p50Ms, usage.ms, 0)}
          {sum('latency', usage.p95, total.p95Ms, usage.ms, 0)}
          {sum('latency', usage.firstByte, total.firstByteP50Ms, usage.ms, 0)}
          {sum('latency', usage.overhead, total.overheadP50Ms, usage.ms, 1)}
          {sum('latency', usage.tokensPerSecond, total.tokensPerSecond, '', 0)}
        </Tiles>
      );
  }
}

function Tiles({ children }: { readonly children: ReactNode }) {
  return (
    <dl className="m-0 grid grid-cols-2 gap-px overflow-hidden rounded-base border border-line bg-line sm:grid-cols-3 lg:flex">
      {children}
    </dl>
  );
}

function Tile({
  name,
  children,
  more,
}: {
  readonly name: string;
  readonly children: ReactNode;
  readonly more?: ReactNode;
}) {
  return (
    <div className="min-w-0 flex-1 bg-raised px-4 py-3 max-lg:last:odd:col-span-2 sm:max-lg:last:odd:col-span-1">
      <dt className="text-xs text-soft">{name}</dt>
      <dd className="m-0 mt-1 text-xl font-semibold sm:text-2xl">{children}</dd>
      {more !== undefined && more !== false && <dd className="m-0 text-xs text-soft">{more}</dd>}
    </div>
  );
}

function CountTile({
  name,
  value,
  more,
}: {
  readonly name: string;
  readonly value: number;
  readonly more?: ReactNode;
}) {
  const { format } = useSpeech();
  return (
    <Tile name={name} more={more}>
      {format.number(value, 0)}
    </Tile>
  );
}

function SumTile({
  kind,
  name,
  value,
  unit,
  digits,
  figures,
}: {
  readonly kind: SumKind;
  readonly name: string;
  readonly value: number | null;
  readonly unit: string;
  readonly digits: number;
  readonly figures: UsageFigures;
}) {
  const { words, format } = useSpeech();
  const known = {
    tokens: figures.tokensKnown,
    eur: figures.eurKnown,
    energy: figures.energyKnown,
    carbon: figures.carbonKnown,
    latency: null,
  }[kind];
  const partly = value !== null && known !== null && known < 1;
  return (
    <Tile name={name} more={partly && words.usage.knownOf(format.percent(known))}>
      {kind === 'latency' && value === null ? (
        '–'
      ) : (
        <Figure
          name={name}
          value={value}
          unit={unit}
          digits={digitsOf(value, digits)}
          {...provenanceOf(kind, figures, words, format)}
        />
      )}
    </Tile>
  );
}
