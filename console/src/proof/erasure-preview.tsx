import type { ErasurePreview, RecordDecision, SubjectFindings } from '@kulning/sdk';
import type { ReactNode } from 'react';

import { useSpeech, useWords } from '../words/words.tsx';
import { SharedRecords } from './shared-records.tsx';

type Count = 'destroy' | 'redact' | 'keep' | 'human';
const counts: readonly Count[] = ['destroy', 'redact', 'keep', 'human'];

interface ErasurePreviewProps {
  readonly plan: ErasurePreview;
  readonly findings: SubjectFindings;
  readonly decisions: readonly RecordDecision[];
  readonly onDecide: (decisions: readonly RecordDecision[]) => void;
}

/** The plan, from what goes to what stays: stores, shared records, copies, and what nobody here can look into. */
export function ErasurePreviewView({ plan, findings, decisions, onDecide }: ErasurePreviewProps) {
  const { words, format } = useSpeech();
  return (
    <>
      <StoreCounts plan={plan} />
      <SharedRecords plan={plan} findings={findings} decisions={decisions} onDecide={onDecide} />
      {plan.survivors > 0 && <p className="text-sm">{words.person.survivors(plan.survivors)}</p>}
      {plan.consequences.map((consequence) => (
        <p key={consequence} className="text-sm">
          {consequence}
        </p>
      ))}
      {plan.consequences.length > 0 && (
        <Listed title={words.person.consequences}>
          {plan.consequences.map((consequence) => (
            <li key={consequence}>{consequence}</li>
          ))}
        </Listed>
      )}
      {plan.residualCopies.length > 0 && (
        <Listed title={words.person.residual}>
          {plan.residualCopies.map((copy) => (
            <li key={copy.where}>
              {copy.description} <code className="font-mono text-xs break-all">{copy.where}</code>{' '}
              <span className="text-soft">
                {copy.expiresAt === null
                  ? words.person.noExpiry
                  : words.provenance.until(format.date(copy.expiresAt))}
              </span>
            </li>
          ))}
        </Listed>
      )}
      {plan.notVerifiable.length > 0 && (
        <Listed title={words.person.notVerifiable}>
          {plan.notVerifiable.map((item) => (
            <li key={item.what}>
              <span className="font-medium">{item.what}</span>: {item.why}
            </li>
          ))}
        </Listed>
      )}
    </>
  );
}

function Listed({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div>
      <h3 className="text-sm font-semibold">{title}</h3>
      <ul className="m-0 mt-1 flex max-w-prose list-disc flex-col gap-1 pl-5 text-sm">{children}</ul>
    </div>
  );
}

/** Stores in which nothing would happen are left out: the search above has named them. */
function StoreCounts({ plan }: { readonly plan: ErasurePreview }) {
  const { format } = useSpeech();
  const words = useWords();
  const stores = plan.stores.filter((store) => counts.some((count) => store[count] > 0));
  return (
    <div tabIndex={0} role="region" aria-label={words.person.planTitle} className="overflow-x-auto">
      <table className="w-full max-w-3xl border-collapse text-sm">
        <thead className="text-xs text-soft">
          <tr className="border-b border-line">
            <th scope="col" className="py-1 pr-3 text-left font-medium">
              {words.person.store}
            </th>
            {counts.map((count) => (
              <th
                key={count}
                scope="col"
                className="py-1 pl-3 text-right font-medium whitespace-nowrap first-letter:uppercase"
              >
                {words.person.actions[count]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {stores.map((store) => (
            <tr key={store.store} className="border-b border-line last:border-0">
              <td className="py-1.5 pr-3">{store.description}</td>
              {counts.map((count) => (
                <td
                  key={count}
                  className={`py-1.5 pl-3 text-right align-top ${store[count] === 0 ? 'text-soft' : 'font-medium'}`}
                >
                  {format.number(store[count], 0)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
