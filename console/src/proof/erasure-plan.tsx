import {
  erasuresOperations,
  subjectsOperations,
  type ErasurePreview,
  type RecordDecision,
  type SubjectFindings,
} from '@kulning/sdk';
import { useState } from 'react';

import { useAct, useOperation } from '../app/api.tsx';
import { useMay } from '../app/session.tsx';
import { Button } from '../ui/button.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { CodeLine } from '../ui/copy.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Panel } from '../ui/panel.tsx';
import { Loaded, Notice } from '../ui/states.tsx';
import { useWords } from '../words/words.tsx';
import { ErasurePreviewView } from './erasure-preview.tsx';

interface PlanProps {
  readonly identifiers: readonly string[];
  readonly findings: SubjectFindings;
  readonly decisions: readonly RecordDecision[];
  readonly onDecide: (decisions: readonly RecordDecision[]) => void;
  readonly onErased: (id: string) => void;
}

/** What an erasure would do, worked out anew with each decision; then, after a typed word, exactly that. */
export function ErasurePlan({ identifiers, findings, decisions, onDecide, onErased }: PlanProps) {
  const words = useWords();
  const body = { identifiers: [...identifiers], decisions: [...decisions] };
  const preview = useOperation(subjectsOperations.preview, { body }, { once: true, keep: true });
  return (
    <Panel title={words.person.planTitle}>
      <Loaded answer={preview}>
        {(plan) => (
          <div className="flex flex-col gap-5">
            <ErasurePreviewView plan={plan} findings={findings} decisions={decisions} onDecide={onDecide} />
            <Erase
              plan={plan}
              body={body}
              ready={!preview.isPlaceholderData && !preview.isError}
              onErased={onErased}
            />
          </div>
        )}
      </Loaded>
    </Panel>
  );
}

interface EraseProps {
  readonly plan: ErasurePreview;
  readonly body: { readonly identifiers: string[]; readonly decisions: RecordDecision[] };
  /** The plan on the screen is the plan of these decisions. */
  readonly ready: boolean;
  readonly onErased: (id: string) => void;
}

function Erase({ plan, body, ready, onErased }: EraseProps) {
  const words = useWords();
  const may = useMay();
  const erase = useAct(subjectsOperations.erase, [erasuresOperations.list]);
  const [confirming, setConfirming] = useState(false);
  const accepted = erase.data;
  const sum = (count: 'destroy' | 'redact') => plan.stores.reduce((total, store) => total + store[count], 0);
  return (
    <div className="flex flex-col items-start gap-3">
      {plan.undecided.length > 0 && <Notice>{words.person.undecided(plan.undecided.length)}</Notice>}
      {!may('subjects:erase') && <Notice>{words.person.mayNotErase}</Notice>}
      <Button
        kind="danger"
        disabled={!may('subjects:erase') || plan.undecided.length > 0 || !ready}
        onClick={() => setConfirming(true)}
      >
        {words.person.erase}
      </Button>
      <Confirm
        open={confirming && !accepted}
        onClose={() => setConfirming(false)}
        title={words.person.erase}
        action={words.person.erase}
        word={words.person.eraseWord}
        busy={erase.isPending}
        error={erase.error}
        onConfirm={() => erase.mutate({ body: { ...body, preview: plan.digest, confirm: 'erase' } })}
      >
        {words.person.willErase(sum('destroy'), sum('redact'), plan.survivors)}
      </Confirm>
      {accepted && (
        <Dialog
          open
          onClose={() => onErased(accepted.erasure.id)}
          title={words.person.saltTitle}
          description={words.person.saltLead}
        >
          <div className="flex flex-col gap-4">
            <CodeLine text={accepted.subjectSalt} />
            <Button kind="primary" onClick={() => onErased(accepted.erasure.id)} className="self-end">
              {words.person.saltKept}
            </Button>
          </div>
        </Dialog>
      )}
    </div>
  );
}
