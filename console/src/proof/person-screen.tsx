import {
  erasuresOperations,
  subjectsOperations,
  type RecordDecision,
  type SubjectFindings,
} from '@kulning/sdk';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';

import { useAct, useOperation } from '../app/api.tsx';
import { onSubmit } from '../app/form.ts';
import { useMay } from '../app/session.tsx';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Field, TextArea } from '../ui/field.tsx';
import { Panel } from '../ui/panel.tsx';
import { Screen } from '../ui/screen.tsx';
import { Empty, Loaded, Notice, Problem } from '../ui/states.tsx';
import { Time } from '../ui/time.tsx';
import { useSpeech, useWords } from '../words/words.tsx';
import { ErasurePlan } from './erasure-plan.tsx';
import { ErasureProgress } from './erasure-progress.tsx';
import { Namesakes } from './namesakes.tsx';

const route = getRouteApi('/inside/proof/person');

/** Identifiers stay in this page and in request bodies: an address is logged, a body is not. */
export function PersonScreen() {
  const words = useWords();
  const { erasure } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Screen
      title={words.pages.person}
      lead={words.person.lead}
      commands={[{ operation: subjectsOperations.find }, { operation: subjectsOperations.erase }]}
    >
      {erasure === undefined ? (
        <Search onErased={(id) => void navigate({ search: { erasure: id } })} />
      ) : (
        <ErasureProgress key={erasure} id={erasure} onBack={() => void navigate({ search: {} })} />
      )}
      {erasure === undefined && (
        <EarlierErasures onOpen={(id) => void navigate({ search: { erasure: id } })} />
      )}
    </Screen>
  );
}

const identifiersOf = (text: string) => [
  ...new Set(
    text
      .split(/[\n;]/)
      .map((line) => line.trim())
      .filter((line) => line.length >= 2),
  ),
];

function Search({ onErased }: { readonly onErased: (id: string) => void }) {
  const words = useWords();
  const find = useAct(subjectsOperations.find);
  const [identifiers, setIdentifiers] = useState<readonly string[]>([]);
  const [decisions, setDecisions] = useState<readonly RecordDecision[]>([]);
  const search = (text: string) => {
    const wanted = identifiersOf(text);
    setIdentifiers(wanted);
    setDecisions([]);
    find.mutate({ body: { identifiers: wanted } });
  };
  return (
    <>
      <Panel>
        <form
          className="flex max-w-2xl flex-col gap-3"
          onSubmit={onSubmit(({ identifiers: text = '' }) => search(text))}
        >
          <Field label={words.person.identifiers} hint={words.person.identifiersHint}>
            <TextArea
              name="identifiers"
              required
              rows={3}
              autoComplete="off"
              spellCheck={false}
              placeholder={words.person.example}
            />
          </Field>
          {find.isError && <Problem error={find.error} />}
          <Button kind="primary" type="submit" busy={find.isPending} className="self-start">
            {words.person.find}
          </Button>
        </form>
      </Panel>
      {find.data && (
        <>
          <Findings findings={find.data} />
          {find.data.candidates.length > 0 && (
            <Namesakes candidates={find.data.candidates} decisions={decisions} onDecide={setDecisions} />
          )}
          {find.data.matched + find.data.candidates.length > 0 && (
            <ErasurePlan
              key={identifiers.join('\n')}
              identifiers={identifiers}
              decisions={decisions}
              onErased={onErased}
            />
          )}
        </>
      )}
    </>
  );
}

function Findings({ findings }: { readonly findings: SubjectFindings }) {
  const { words, format } = useSpeech();
  return (
    <Panel
      title={words.person.found(findings.matched)}
      actions={findings.restricted && <Badge tone="waiting">{words.person.restricted}</Badge>}
    >
      {findings.matched === 0 && findings.candidates.length === 0 && <p>{words.person.nothing}</p>}
      {findings.identifiers.length > 0 && (
        <ul className="m-0 mb-3 flex list-none flex-wrap gap-x-4 gap-y-1 p-0 text-sm">
          {findings.identifiers.map((match) => (
            <li key={`${match.kind} ${match.masked}`}>
              <span className="text-soft">{words.person.kinds[match.kind]}</span>{' '}
              <code className="font-mono text-xs">{match.masked}</code> ·{' '}
              {words.person.records(match.records)}
            </li>
          ))}
        </ul>
      )}
      {findings.stores.length > 0 && (
        <table className="w-full max-w-2xl border-collapse text-sm">
          <caption className="sr-only">{words.person.stores}</caption>
          <thead className="text-xs text-soft">
            <tr className="border-b border-line">
              <th scope="col" className="py-1 text-left font-medium">
                {words.person.store}
              </th>
              <th scope="col" className="py-1 text-right font-medium">
                {words.person.recordsTitle}
              </th>
            </tr>
          </thead>
          <tbody>
            {findings.stores.map((store) => (
              <tr key={store.store} className="border-b border-line last:border-0">
                <td className="py-1.5 pr-4">
                  <span className="font-medium">{store.store}</span>{' '}
                  <span className="text-soft">{store.description}</span>
                </td>
                <td className="py-1.5 text-right align-top">{format.number(store.records, 0)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {findings.limits.length > 0 && (
        <div className="mt-3">
          <Notice>
            <p className="font-medium">{words.person.limits}</p>
            <ul className="m-0 mt-1 list-disc pl-5">
              {findings.limits.map((limit) => (
                <li key={limit}>{limit}</li>
              ))}
            </ul>
          </Notice>
        </div>
      )}
    </Panel>
  );
}

function EarlierErasures({ onOpen }: { readonly onOpen: (id: string) => void }) {
  const words = useWords();
  const may = useMay();
  const erasures = useOperation(erasuresOperations.list, undefined, { enabled: may('subjects:read') });
  return (
    <Panel title={words.person.earlier} flush>
      <Loaded answer={erasures}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={words.person.noEarlier}>{words.person.noEarlierLead}</Empty>
          ) : (
            <ul className="m-0 list-none divide-y divide-line p-0">
              {items.map((item) => (
                <li key={item.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2 text-sm">
                  <button
                    type="button"
                    onClick={() => onOpen(item.id)}
                    className="font-mono text-xs break-all underline decoration-line-strong underline-offset-3"
                  >
                    {item.id}
                  </button>
                  <Time at={item.requestedAt} />
                  <Badge tone={item.state === 'completed' ? 'lawful' : 'waiting'}>
                    {words.person.states[item.state]}
                  </Badge>
                  {item.pendingRecords > 0 && (
                    <Badge tone="waiting">{words.person.pending(item.pendingRecords)}</Badge>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}
