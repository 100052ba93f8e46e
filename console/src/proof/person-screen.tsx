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
import { useMay, useSession } from '../app/session.tsx';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { commandOf } from '../ui/command-lines.ts';
import { Field, TextArea } from '../ui/field.tsx';
import { Panel } from '../ui/panel.tsx';
import { Screen } from '../ui/screen.tsx';
import { Empty, Loaded, Problem } from '../ui/states.tsx';
import { Time } from '../ui/time.tsx';
import { useWords } from '../words/words.tsx';
import { ErasurePlan } from './erasure-plan.tsx';
import { ErasureProgress } from './erasure-progress.tsx';
import { Findings } from './findings.tsx';
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
      commands={erasure === undefined ? findCommands() : erasureCommands(erasure)}
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

/** With the example's identifier: who is searched for is not written where it can be copied from. */
const findCommands = () => {
  const identifiers = ['anna.berg@example.se'];
  return [
    commandOf(subjectsOperations.find, { body: { identifiers } }),
    commandOf(subjectsOperations.preview, { body: { identifiers } }),
    commandOf(subjectsOperations.erase, { body: { identifiers, preview: 'DIGEST', confirm: 'erase' } }),
  ];
};

const erasureCommands = (id: string) => [
  commandOf(erasuresOperations.get, { params: { id } }),
  commandOf(erasuresOperations.certificate, { params: { id } }),
];

/** The one contact of the sample company, in data/sample. */
const sampleContact = 'Anna Lind\nanna.lind@example.org\n+46 70 174 06 35';

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
  const { organisation } = useSession();
  const find = useAct(subjectsOperations.find);
  const [text, setText] = useState('');
  const [identifiers, setIdentifiers] = useState<readonly string[]>([]);
  const [decisions, setDecisions] = useState<readonly RecordDecision[]>([]);
  const search = () => {
    const wanted = identifiersOf(text);
    setIdentifiers(wanted);
    setDecisions([]);
    find.mutate({ body: { identifiers: wanted } });
  };
  return (
    <>
      <Panel>
        <form className="flex max-w-2xl flex-col gap-3" onSubmit={onSubmit(search)}>
          <Field label={words.person.identifiers} hint={words.person.identifiersHint}>
            <TextArea
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
              required
              rows={3}
              autoComplete="off"
              spellCheck={false}
              placeholder={words.person.example}
            />
          </Field>
          {find.isError && <Problem error={find.error} />}
          <div className="flex flex-wrap gap-2">
            <Button kind="primary" type="submit" busy={find.isPending}>
              {words.person.find}
            </Button>
            {organisation.demonstration && (
              <Button onClick={() => setText(sampleContact)}>{words.person.useSample}</Button>
            )}
          </div>
        </form>
      </Panel>
      {find.data && (
        <Found
          key={identifiers.join('\n')}
          findings={find.data}
          identifiers={identifiers}
          decisions={decisions}
          onDecide={setDecisions}
          onErased={onErased}
        />
      )}
    </>
  );
}

interface FoundProps {
  readonly findings: SubjectFindings;
  readonly identifiers: readonly string[];
  readonly decisions: readonly RecordDecision[];
  readonly onDecide: (decisions: readonly RecordDecision[]) => void;
  readonly onErased: (id: string) => void;
}

function Found({ findings, identifiers, decisions, onDecide, onErased }: FoundProps) {
  const storeName = (id: string) => findings.stores.find(({ store }) => store === id)?.description ?? id;
  const isSomething = findings.matched + findings.candidates.length > 0;
  return (
    <>
      <Findings findings={findings} body={{ identifiers: [...identifiers], decisions: [...decisions] }} />
      {findings.candidates.length > 0 && (
        <Namesakes
          candidates={findings.candidates}
          storeName={storeName}
          decisions={decisions}
          onDecide={onDecide}
        />
      )}
      {isSomething && (
        <ErasurePlan
          identifiers={identifiers}
          findings={findings}
          decisions={decisions}
          onDecide={onDecide}
          onErased={onErased}
        />
      )}
    </>
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
