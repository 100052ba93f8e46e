import { identityOperations, type OperationResult } from '@kulning/sdk';
import { getRouteApi } from '@tanstack/react-router';

import { useAct, useOperation } from '../app/api.tsx';
import { errorAt } from '../app/form.ts';
import { useMay, useSession } from '../app/session.tsx';
import { Hatched } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { commandOf } from '../ui/command-lines.ts';
import { Field, Select, TextInput } from '../ui/field.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { Panel } from '../ui/panel.tsx';
import { Screen } from '../ui/screen.tsx';
import { Empty, Loaded } from '../ui/states.tsx';
import { Table, type Column } from '../ui/table.tsx';
import { sortingOf } from '../ui/table-data.ts';
import { Time } from '../ui/time.tsx';
import { languages } from '../words/format.ts';
import { useSpeech } from '../words/words.tsx';

const route = getRouteApi('/inside/settings/clients');

type Organisation = OperationResult<typeof identityOperations.listOrganisations>['items'][number];

/** The organisations that an agency looks after, each one apart from the next. */
export function ClientsScreen() {
  const { words } = useSpeech();
  const may = useMay();
  const { organisation } = useSession();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const organisations = useOperation(identityOperations.listOrganisations, undefined);
  const adding = (add: boolean) =>
    void navigate({ search: (before) => ({ ...before, add: add || undefined }) });
  const columns: readonly Column<Organisation>[] = [
    {
      id: 'name',
      title: words.clients.name,
      cell: (row) => (
        <>
          {row.name} {row.demonstration && <Hatched>{words.frame.demonstration}</Hatched>}
        </>
      ),
      value: (row) => row.name,
    },
    {
      id: 'language',
      title: words.frame.language,
      cell: (row) => languages.find(({ id }) => id === row.language)?.name,
      value: (row) => row.language,
    },
    {
      id: 'retention',
      title: words.organisation.retention,
      wide: true,
      cell: (row) =>
        row.retentionDays === null
          ? words.organisation.keepNothing
          : words.organisation.daysOf(row.retentionDays),
      value: (row) => row.retentionDays,
    },
    {
      id: 'since',
      title: words.members.since,
      wide: true,
      cell: (row) => <Time at={row.createdAt} />,
      value: (row) => row.createdAt,
    },
  ];
  return (
    <Screen
      title={words.pages.clients}
      lead={words.clients.lead}
      actions={
        may('organisations:write') && (
          <Button kind="primary" onClick={() => adding(true)}>
            {words.clients.add}
          </Button>
        )
      }
      commands={[
        commandOf(identityOperations.listOrganisations),
        commandOf(identityOperations.createOrganisation, { body: { name: 'Falu Bageri', language: 'sv' } }),
      ]}
    >
      <Panel flush>
        <Loaded answer={organisations} lines={4}>
          {({ items }) => {
            const clients = items.filter(({ id }) => id !== organisation.id);
            return clients.length === 0 ? (
              <Empty title={words.clients.empty}>{words.clients.emptyLead}</Empty>
            ) : (
              <Table
                caption={words.pages.clients}
                columns={columns}
                rows={clients}
                rowKey={(row) => row.id}
                {...sortingOf(
                  search,
                  (part) => void navigate({ search: (before) => ({ ...before, ...part }), replace: true }),
                )}
                csv="clients.csv"
              />
            );
          }}
        </Loaded>
      </Panel>
      <AddClient open={search.add === true && may('organisations:write')} onClose={() => adding(false)} />
    </Screen>
  );
}

function AddClient({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const { words, language } = useSpeech();
  const act = useAct(identityOperations.createOrganisation, [
    identityOperations.listOrganisations,
    identityOperations.me,
  ]);
  return (
    <FormDialog
      open={open}
      onClose={onClose}
      title={words.clients.add}
      lead={words.clients.addLead}
      action={words.clients.add}
      act={act}
      onSubmit={(texts) =>
        act.mutate(
          {
            body: {
              name: texts.name ?? '',
              language: languages.find(({ id }) => id === texts.language)?.id ?? language,
            },
          },
          { onSuccess: onClose },
        )
      }
    >
      <Field label={words.clients.name} error={errorAt(act.error, 'name')}>
        <TextInput name="name" required maxLength={120} />
      </Field>
      <Field label={words.frame.language}>
        <Select name="language" defaultValue={language}>
          {languages.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
      </Field>
    </FormDialog>
  );
}
