import type { CallOutcomeName } from '@kulning/sdk';

import { Badge, type Tone } from '../ui/badge.tsx';
import { useWords } from '../words/words.tsx';

const tones: Readonly<Record<CallOutcomeName, Tone>> = {
  answered: 'lawful',
  refused: 'refused',
  failed: 'refused',
  cancelled: 'neutral',
  interrupted: 'waiting',
};

export function CallOutcome({ outcome }: { readonly outcome: CallOutcomeName }) {
  const words = useWords();
  return <Badge tone={tones[outcome]}>{words.receipts.outcomes[outcome]}</Badge>;
}
