import type { BatchStatus, BatchView } from '@kulning/sdk';

import { Badge, type Tone } from '../ui/badge.tsx';
import { useSpeech, useWords } from '../words/words.tsx';

const tones: Readonly<Record<BatchStatus, Tone>> = {
  validating: 'waiting',
  in_progress: 'waiting',
  finalizing: 'waiting',
  completed: 'lawful',
  failed: 'refused',
  expired: 'refused',
  cancelling: 'neutral',
  cancelled: 'neutral',
};

export function BatchState({ status }: { readonly status: BatchStatus }) {
  const words = useWords();
  return <Badge tone={tones[status]}>{words.batches.states[status]}</Badge>;
}

/** How many requests are answered: the figures in words, and a bar for the eye. */
export function BatchProgress({ batch }: { readonly batch: BatchView }) {
  const { words, format } = useSpeech();
  const { total, completed } = batch.requests;
  if (total === 0) return <span className="text-soft">–</span>;
  const text = words.batches.of(format.number(completed, 0), format.number(total, 0));
  return (
    <span className="flex min-w-24 flex-col gap-1">
      <span>{text}</span>
      <meter
        aria-label={`${words.batches.progress}: ${text}`}
        className="h-2 w-full"
        min={0}
        max={total}
        value={completed}
      />
    </span>
  );
}
