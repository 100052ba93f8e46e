import type { NamesakeCandidate, RecordDecision } from '@kulning/sdk';

import { Panel } from '../ui/panel.tsx';
import { useSpeech } from '../words/words.tsx';

interface NamesakesProps {
  readonly candidates: readonly NamesakeCandidate[];
  readonly storeName: (store: string) => string;
  readonly decisions: readonly RecordDecision[];
  readonly onDecide: (decisions: readonly RecordDecision[]) => void;
}

/** Records that bear the name and nothing else that is known: only a human can say whether it is the same person. */
export function Namesakes({ candidates, storeName, decisions, onDecide }: NamesakesProps) {
  const { words, format } = useSpeech();
  const decide = (candidate: NamesakeCandidate, action: RecordDecision['action']) =>
    onDecide([
      ...decisions.filter(({ recordId }) => !candidate.recordIds.includes(recordId)),
      ...candidate.recordIds.map((recordId) => ({ recordId, action })),
    ]);
  return (
    <Panel title={words.person.namesakes(candidates.length)}>
      <p className="mb-3 max-w-prose text-sm text-soft">{words.person.namesakesLead}</p>
      <div className="flex flex-col gap-4">
        {candidates.map((candidate) => {
          const chosen = decisions.find(({ recordId }) => candidate.recordIds.includes(recordId))?.action;
          const shared = candidate.otherIdentifiers.length > 0;
          return (
            <fieldset key={candidate.key} className="min-w-0 rounded-base border border-line p-3">
              <legend className="px-1 text-sm font-medium">
                {[
                  words.person.records(candidate.recordIds.length),
                  format.list(candidate.stores.map(storeName)),
                  format.dates(candidate.firstAt, candidate.lastAt),
                ].join(' · ')}
              </legend>
              {candidate.contexts.map((context) => (
                <p
                  key={context}
                  className="my-1 border-l-2 border-line pl-3 font-mono text-xs break-words text-soft"
                >
                  {context}
                </p>
              ))}
              {shared && (
                <p className="my-1 text-xs text-soft">
                  {words.person.otherIdentifiers(format.list(candidate.otherIdentifiers))}
                </p>
              )}
              <div className="mt-2 flex flex-wrap gap-x-6 gap-y-1 text-sm">
                {(['destroy', ...(shared ? (['redact'] as const) : []), 'keep'] as const).map((action) => (
                  <label key={action} className="flex min-h-6 items-center gap-2">
                    <input
                      type="radio"
                      name={candidate.key}
                      checked={chosen === action}
                      onChange={() => decide(candidate, action)}
                      className="size-4 accent-(--accent)"
                    />
                    {words.person.decide[action]}
                  </label>
                ))}
              </div>
            </fieldset>
          );
        })}
      </div>
    </Panel>
  );
}
