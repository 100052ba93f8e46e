import { useSpeech } from '../words/words.tsx';

interface UsageBarProps {
  readonly label: string;
  readonly used: number;
  /** Null is unlimited. */
  readonly limit: number | null;
}

/** How much of a budget is used: the figures in words, and a bar for the eye. */
export function UsageBar({ label, used, limit }: UsageBarProps) {
  const { words, format } = useSpeech();
  const amount = format.number(used, 2);
  if (limit === null) return <span className="text-soft">{amount}</span>;
  const text = words.limits.of(amount, format.number(limit, 2));
  return (
    <span className="flex min-w-18 flex-col gap-1">
      <span>{text}</span>
      {limit > 0 && (
        <meter
          aria-label={`${label}: ${text}`}
          className="h-2 w-full"
          min={0}
          max={limit}
          low={limit * 0.8}
          high={limit * 0.99}
          optimum={0}
          value={Math.min(used, limit)}
        />
      )}
    </span>
  );
}
