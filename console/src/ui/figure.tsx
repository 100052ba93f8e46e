import { useSpeech } from '../words/words.tsx';
import { Hint } from './hint.tsx';

export type Provenance = 'measured' | 'apportioned' | 'modelled' | 'declared' | 'unknown';

interface FigureProps {
  readonly name: string;
  readonly value: number | null | undefined;
  readonly unit: string;
  readonly provenance?: Provenance | undefined;
  /** How it was obtained, or who said so. */
  readonly source?: string | undefined;
  readonly tier?: 'T0' | 'T1' | 'T2' | 'T3' | undefined;
  readonly validUntil?: string | undefined;
  readonly digits?: number;
  /** How to make an unknown figure known. */
  readonly remedy?: string | undefined;
}

/** A figure with where it comes from, on hover, focus and touch. Unknown is written, never zero. */
export function Figure({
  name,
  value,
  unit,
  provenance = 'unknown',
  source,
  tier,
  validUntil,
  digits = 1,
  remedy,
}: FigureProps) {
  const { words, format } = useSpeech();
  const known = value !== null && value !== undefined && provenance !== 'unknown';
  const shown = known
    ? format.number(value, digits) + (unit === '' ? '' : `\u00a0${unit}`)
    : words.provenance.unknown;
  const facts = [
    words.provenance.named[known ? provenance : 'unknown'],
    known ? source : (remedy ?? words.provenance.remedy),
    tier !== undefined && known ? words.tierOf(tier, words.tiers[tier]) : undefined,
    validUntil === undefined ? undefined : words.provenance.until(format.date(validUntil)),
  ].filter((fact) => fact !== undefined);
  const look = !known
    ? 'text-soft italic'
    : provenance === 'modelled'
      ? 'hatched'
      : 'underline decoration-line-strong decoration-dotted underline-offset-3';
  return (
    <Hint
      label={[`${name}: ${shown}`, ...facts].join('. ')}
      className={`whitespace-nowrap ${look}`}
      content={
        <>
          <span className="block font-medium">
            {name}: {shown}
          </span>
          {facts.map((fact) => (
            <span key={fact} className="block text-soft">
              {fact}
            </span>
          ))}
        </>
      }
    >
      {shown}
    </Hint>
  );
}
