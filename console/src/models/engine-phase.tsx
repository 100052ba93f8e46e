import type { EngineView } from '@kulning/sdk';

import { Badge, type Tone } from '../ui/badge.tsx';
import { useWords } from '../words/words.tsx';

type Phase = EngineView['phase'];

const tones: Readonly<Record<Phase, Tone>> = {
  starting: 'waiting',
  ready: 'lawful',
  restarting: 'waiting',
  'crash-loop': 'refused',
  unreachable: 'refused',
  stopped: 'neutral',
  unknown: 'neutral',
};

export function EnginePhase({ phase }: { readonly phase: Phase }) {
  const words = useWords();
  return <Badge tone={tones[phase]}>{words.models.phases[phase]}</Badge>;
}
