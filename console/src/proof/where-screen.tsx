import { instanceOperations } from '@kulning/sdk';

import { useOperation } from '../app/api.tsx';
import { whereSentence } from '../app/where-sentence-text.ts';
import { commandOf } from '../ui/command-lines.ts';
import { Panel } from '../ui/panel.tsx';
import { Screen } from '../ui/screen.tsx';
import { Loaded } from '../ui/states.tsx';
import { useSpeech } from '../words/words.tsx';
import { WhereTable } from './where-table.tsx';

export function WhereScreen() {
  const { words, format } = useSpeech();
  const where = useOperation(instanceOperations.where, undefined);
  return (
    <Screen
      title={words.pages.where}
      lead={words.where.lead}
      commands={[commandOf(instanceOperations.where)]}
    >
      <Panel title={words.where.title} flush>
        <Loaded answer={where}>
          {(value) => (
            <>
              <p className="border-b border-line px-4 py-4 text-lg">{whereSentence(value, words, format)}</p>
              <WhereTable where={value} />
            </>
          )}
        </Loaded>
      </Panel>
      <Panel title={words.where.tiersTitle}>
        <dl className="m-0 grid gap-2 text-sm sm:grid-cols-[3rem_minmax(0,1fr)]">
          {(['T0', 'T1', 'T2', 'T3'] as const).map((tier) => (
            <div key={tier} className="contents">
              <dt className="font-mono font-medium">{tier}</dt>
              <dd className="m-0 text-soft first-letter:uppercase max-sm:-mt-1.5 max-sm:mb-1">
                {words.tiers[tier]}
              </dd>
            </div>
          ))}
        </dl>
      </Panel>
    </Screen>
  );
}
