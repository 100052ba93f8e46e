import { proofOperations, type Witness } from '@kulning/sdk';
import { useState } from 'react';

import { useAct, useOperation } from '../app/api.tsx';
import { useMay } from '../app/session.tsx';
import { Badge, type Tone } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { commandOf } from '../ui/command-lines.ts';
import { CodeLine } from '../ui/copy.tsx';
import { FactRow, Facts } from '../ui/facts.tsx';
import { Field, TextArea, TextInput } from '../ui/field.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { Panel } from '../ui/panel.tsx';
import { Screen } from '../ui/screen.tsx';
import { Empty, Loaded } from '../ui/states.tsx';
import { Table, type Column } from '../ui/table.tsx';
import { Time } from '../ui/time.tsx';
import { useSpeech, useWords } from '../words/words.tsx';

const tones: Readonly<Record<Witness['state'], Tone>> = {
  new: 'waiting',
  cosigning: 'lawful',
  unreachable: 'waiting',
  refusing: 'refused',
  ahead: 'refused',
  inconsistent: 'refused',
};

/** The log itself: how long it is, its last signed head, the keys to pin, and who cosigns. */
export function LedgerScreen() {
  const { words, format } = useSpeech();
  const ledger = useOperation(proofOperations.status, undefined, { refetchMs: 5000 });
  return (
    <Screen
      title={words.pages.ledger}
      lead={words.ledger.lead}
      commands={[commandOf(proofOperations.status), commandOf(proofOperations.listWitnesses)]}
    >
      <Loaded answer={ledger} lines={8}>
        {(value) => (
          <>
            <Panel title={words.ledger.open}>
              <Facts>
                <FactRow name={words.ledger.origin}>
                  <code className="font-mono text-xs break-all">{value.origin}</code>
                </FactRow>
                <FactRow name={words.ledger.size}>{format.number(value.size, 0)}</FactRow>
                <FactRow name={words.ledger.waiting}>{format.number(value.pending, 0)}</FactRow>
                <FactRow name={words.ledger.signedAt}>
                  <Time at={value.signedAt} />
                </FactRow>
              </Facts>
            </Panel>
            <Panel title={words.ledger.keys}>
              <p className="mb-3 max-w-prose text-sm text-soft">{words.ledger.keysLead}</p>
              <div className="flex flex-col gap-2">
                {value.vkeys.map((vkey) => (
                  <CodeLine key={vkey} text={vkey} />
                ))}
              </div>
            </Panel>
            <Witnesses witnesses={value.witnesses} />
            <Panel title={words.ledger.head}>
              <pre
                tabIndex={0}
                aria-label={words.ledger.head}
                className="m-0 overflow-x-auto rounded-base bg-sunken p-3 font-mono text-xs"
              >
                {value.checkpoint}
              </pre>
            </Panel>
          </>
        )}
      </Loaded>
    </Screen>
  );
}

function Witnesses({ witnesses }: { readonly witnesses: readonly Witness[] }) {
  const { words, format } = useSpeech();
  const may = useMay();
  const [adding, setAdding] = useState(false);
  const columns: readonly Column<Witness>[] = [
    { id: 'name', title: words.ledger.witness, cell: (row) => row.name, value: (row) => row.name },
    {
      id: 'state',
      title: words.sites.state,
      cell: (row) => <Badge tone={tones[row.state]}>{words.ledger.states[row.state]}</Badge>,
      value: (row) => row.state,
    },
    {
      id: 'size',
      title: words.ledger.size,
      align: 'end',
      cell: (row) => (row.size === null ? '–' : format.number(row.size, 0)),
      value: (row) => row.size,
    },
    {
      id: 'at',
      title: words.ledger.cosignedAt,
      wide: true,
      cell: (row) => (row.cosignedAt === null ? '–' : <Time at={row.cosignedAt} />),
      value: (row) => row.cosignedAt,
    },
    {
      id: 'detail',
      title: words.ledger.detail,
      wide: true,
      cell: (row) => row.detail ?? '',
      value: (row) => row.detail,
    },
  ];
  return (
    <Panel
      flush
      title={words.ledger.witnesses}
      actions={
        may('instance:write') && <Button onClick={() => setAdding(true)}>{words.ledger.addWitness}</Button>
      }
    >
      {witnesses.length === 0 ? (
        <Empty title={words.ledger.noWitness} action={<CodeLine text="npx kulning witness --help" />}>
          {words.ledger.noWitnessLead}
        </Empty>
      ) : (
        <Table
          caption={words.ledger.witnesses}
          columns={columns}
          rows={witnesses}
          rowKey={(row) => row.name}
        />
      )}
      <AddWitness open={adding} onClose={() => setAdding(false)} />
    </Panel>
  );
}

function AddWitness({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const words = useWords();
  const act = useAct(proofOperations.addWitness, [proofOperations.status]);
  return (
    <FormDialog
      open={open}
      onClose={onClose}
      title={words.ledger.addWitness}
      lead={words.ledger.noWitnessLead}
      action={words.ledger.addWitness}
      act={act}
      onSubmit={({ url = '', vkeys = '' }) =>
        act.mutate({ body: { url, vkeys: vkeys.split(/\s+/).filter(Boolean) } }, { onSuccess: onClose })
      }
    >
      <Field label={words.ledger.url}>
        <TextInput name="url" type="url" required placeholder="https://witness.example" />
      </Field>
      <Field label={words.ledger.witnessKeys} hint={words.ledger.witnessKeysHint}>
        <TextArea name="vkeys" required rows={3} className="font-mono text-xs" />
      </Field>
    </FormDialog>
  );
}
