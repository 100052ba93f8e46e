import { useSpeech } from '../words/words.tsx';
import { Hint } from './hint.tsx';

export interface KnownFact {
  readonly tier: 'T0' | 'T1' | 'T2' | 'T3';
  readonly source: string;
  readonly validUntil?: string | undefined;
}

/** A fact of a site with its evidence tier beside it. A fact that is absent is unknown, and unknown denies. */
export function Fact({
  name,
  shown,
  fact,
}: {
  readonly name: string;
  readonly shown: string | undefined;
  readonly fact: KnownFact | undefined;
}) {
  const { words, format } = useSpeech();
  if (!fact || shown === undefined) {
    return (
      <Hint
        label={`${name}: ${words.provenance.unknown}. ${words.provenance.unknownDenies}`}
        className="text-soft italic"
        content={words.provenance.unknownDenies}
      >
        {words.provenance.unknown}
      </Hint>
    );
  }
  const lines = [
    words.tierOf(fact.tier, words.tiers[fact.tier]),
    fact.source,
    ...(fact.validUntil === undefined ? [] : [words.provenance.until(format.date(fact.validUntil))]),
  ];
  return (
    <Hint
      label={[`${name}: ${shown}`, ...lines].join('. ')}
      className="underline decoration-line-strong decoration-dotted underline-offset-3"
      content={lines.map((line) => (
        <span key={line} className="block">
          {line}
        </span>
      ))}
    >
      {shown} <span className="font-mono text-xs text-soft">{fact.tier}</span>
    </Hint>
  );
}
