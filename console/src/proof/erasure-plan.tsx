import {
  erasuresOperations,
  subjectsOperations,
  type ErasurePreview,
  type RecordDecision,
} from '@kulning/sdk';
import { useEffect, useState } from 'react';

import { useAct, useClient } from '../app/api.tsx';
import { useMay } from '../app/session.tsx';
import { Button } from '../ui/button.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { CodeLine } from '../ui/copy.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { saveFile } from '../ui/save-file.ts';
import { Panel } from '../ui/panel.tsx';
import { Notice, Problem } from '../ui/states.tsx';
import { useSpeech, useWords } from '../words/words.tsx';

interface PlanProps {
  readonly identifiers: readonly string[];
  readonly decisions: readonly RecordDecision[];
  readonly onErased: (id: string) => void;
}

/** What an erasure would do, store by store; then, after a typed word, the erasure of exactly that plan. */
export function ErasurePlan({ identifiers, decisions, onErased }: PlanProps) {
  const words = useWords();
  const may = useMay();
  const client = useClient();
  const preview = useAct(subjectsOperations.preview);
  const erase = useAct(subjectsOperations.erase, [erasuresOperations.list]);
  const [confirming, setConfirming] = useState(false);
  const body = { identifiers: [...identifiers], decisions: [...decisions] };
  const { reset } = preview;
  useEffect(() => reset(), [decisions, reset]);

  const exportAll = async () =>
    saveFile('person.json', await client.call(subjectsOperations.export, { body }));
  const plan = preview.data;
  const accepted = erase.data;
  return (
    <Panel
      title={words.person.planTitle}
      actions={
        <>
          <Button onClick={() => void exportAll()}>{words.person.export}</Button>
          <Button busy={preview.isPending} onClick={() => preview.mutate({ body })}>
            {words.person.preview}
          </Button>
          {plan && (
            <Button
              kind="danger"
              disabled={!may('subjects:erase') || plan.undecided.length > 0}
              onClick={() => setConfirming(true)}
            >
              {words.person.erase}
            </Button>
          )}
        </>
      }
    >
      {!plan && !preview.isError && <p className="text-sm text-soft">{words.person.planLead}</p>}
      {preview.isError && <Problem error={preview.error} />}
      {plan && <Plan plan={plan} />}
      {plan && plan.undecided.length > 0 && <Notice>{words.person.undecided(plan.undecided.length)}</Notice>}
      {plan && !may('subjects:erase') && <Notice>{words.person.mayNotErase}</Notice>}
      {plan && (
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
          {words.person.willErase(sum(plan, 'destroy'), sum(plan, 'redact'), plan.survivors)}
        </Confirm>
      )}
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
    </Panel>
  );
}

type Count = 'destroy' | 'redact' | 'keep' | 'human';
const counts: readonly Count[] = ['destroy', 'redact', 'keep', 'human'];
const sum = (plan: ErasurePreview, count: Count) =>
  plan.stores.reduce((total, store) => total + store[count], 0);

function Plan({ plan }: { readonly plan: ErasurePreview }) {
  const { words, format } = useSpeech();
  return (
    <div className="flex flex-col gap-4">
      <div tabIndex={0} role="region" aria-label={words.person.planTitle} className="overflow-x-auto">
        <table className="w-full border-collapse text-sm">
          <thead className="text-xs text-soft">
            <tr className="border-b border-line">
              <th scope="col" className="py-1 pr-3 text-left font-medium">
                {words.person.store}
              </th>
              {counts.map((count) => (
                <th key={count} scope="col" className="py-1 pl-3 text-right font-medium whitespace-nowrap">
                  {words.person.actions[count]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {plan.stores.map((store) => (
              <tr key={store.store} className="border-b border-line last:border-0">
                <td className="py-1.5 pr-3">
                  <span className="font-medium">{store.store}</span>{' '}
                  <span className="text-soft">{store.description}</span>
                </td>
                {counts.map((count) => (
                  <td key={count} className="py-1.5 pl-3 text-right align-top">
                    {format.number(store[count], 0)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="text-sm">{words.person.survivors(plan.survivors)}</p>
      {plan.residualCopies.length > 0 && (
        <div>
          <h3 className="text-sm font-semibold">{words.person.residual}</h3>
          <ul className="m-0 mt-1 list-disc pl-5 text-sm">
            {plan.residualCopies.map((copy) => (
              <li key={copy.where}>
                <span className="font-medium">{copy.where}</span>: {copy.description}{' '}
                {copy.expiresAt === null
                  ? words.person.noExpiry
                  : words.provenance.until(format.date(copy.expiresAt))}
              </li>
            ))}
          </ul>
        </div>
      )}
      {plan.notVerifiable.length > 0 && (
        <div>
          <h3 className="text-sm font-semibold">{words.person.notVerifiable}</h3>
          <ul className="m-0 mt-1 list-disc pl-5 text-sm">
            {plan.notVerifiable.map((item) => (
              <li key={item.what}>
                <span className="font-medium">{item.what}</span>: {item.why}
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
