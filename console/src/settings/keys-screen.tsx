import { identityOperations, type OperationResult } from '@kulning/sdk';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';

import { useAct, useOperation } from '../app/api.tsx';
import { useMay } from '../app/session.tsx';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { commandOf } from '../ui/command-lines.ts';
import { Confirm } from '../ui/confirm.tsx';
import { Panel } from '../ui/panel.tsx';
import { Screen } from '../ui/screen.tsx';
import { Empty, Loaded } from '../ui/states.tsx';
import { Table, type Column } from '../ui/table.tsx';
import { sortingOf } from '../ui/table-data.ts';
import { useSpeech } from '../words/words.tsx';
import { KeyForm } from './key-form.tsx';

const route = getRouteApi('/inside/settings/keys');

type Key = OperationResult<typeof identityOperations.listKeys>['items'][number];

const expired = (key: Key) => key.expiresAt !== null && new Date(key.expiresAt).getTime() < Date.now();

export function KeysScreen() {
  const { words } = useSpeech();
  const may = useMay();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const keys = useOperation(identityOperations.listKeys, undefined);
  const revoke = useAct(identityOperations.revokeKey, [identityOperations.listKeys]);
  const [revoking, setRevoking] = useState<Key>();
  const adding = (add: boolean) =>
    void navigate({ search: (before) => ({ ...before, add: add || undefined }) });
  const columns = useKeyColumns(setRevoking);
  return (
    <Screen
      title={words.pages.keys}
      lead={words.keys.lead}
      actions={
        may('keys:write') && (
          <Button kind="primary" onClick={() => adding(true)}>
            {words.keys.create}
          </Button>
        )
      }
      commands={[
        commandOf(identityOperations.listKeys),
        commandOf(identityOperations.createKey, { body: { name: 'Mail robot', dataClass: 'personal' } }),
      ]}
    >
      <Panel flush>
        <Loaded answer={keys} lines={6}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title={words.keys.empty}>{words.keys.emptyLead}</Empty>
            ) : (
              <Table
                caption={words.pages.keys}
                columns={columns}
                rows={items}
                rowKey={(row) => row.id}
                {...sortingOf(
                  search,
                  (part) => void navigate({ search: (before) => ({ ...before, ...part }), replace: true }),
                )}
                csv="keys.csv"
              />
            )
          }
        </Loaded>
      </Panel>
      <KeyForm open={search.add === true && may('keys:write')} onClose={() => adding(false)} />
      <Confirm
        open={revoking !== undefined}
        onClose={() => setRevoking(undefined)}
        title={words.keys.revokeOf(revoking?.name ?? '')}
        action={words.keys.revoke}
        busy={revoke.isPending}
        error={revoke.error}
        onConfirm={() =>
          revoking &&
          revoke.mutate({ params: { keyId: revoking.id } }, { onSuccess: () => setRevoking(undefined) })
        }
      >
        {words.keys.revokeMeans}
      </Confirm>
    </Screen>
  );
}

const SHOWN_SCOPES = 4;

/** A key of a program has a few; one of a person has all of theirs, which are shown when asked for. */
function Scopes({ all }: { readonly all: readonly string[] }) {
  const first = all.slice(0, SHOWN_SCOPES).join(' ');
  const rest = all.slice(SHOWN_SCOPES);
  if (rest.length === 0) return <span className="font-mono text-xs break-words">{first}</span>;
  return (
    <details className="font-mono text-xs break-words">
      <summary>
        {first} +{rest.length}
      </summary>
      {rest.join(' ')}
    </details>
  );
}

function useKeyColumns(onRevoke: (key: Key) => void): readonly Column<Key>[] {
  const { words, format } = useSpeech();
  const may = useMay();
  return [
    { id: 'name', title: words.keys.name, cell: (row) => row.name, value: (row) => row.name },
    {
      id: 'prefix',
      title: words.keys.prefix,
      wide: true,
      cell: (row) => <code className="font-mono text-xs">{row.prefix}…</code>,
      value: (row) => row.prefix,
    },
    {
      id: 'state',
      title: words.sites.state,
      cell: (row) =>
        row.revokedAt !== null ? (
          <Badge tone="refused">{words.keys.revoked}</Badge>
        ) : expired(row) ? (
          <Badge tone="waiting">{words.keys.expired}</Badge>
        ) : (
          <Badge tone="lawful">{words.keys.valid}</Badge>
        ),
      value: (row) => row.revokedAt ?? '',
    },
    {
      id: 'class',
      title: words.receipts.dataClass,
      wide: true,
      cell: (row) =>
        row.dataClass === null ? (
          <span className="text-soft italic">{words.classes.none}</span>
        ) : (
          words.classes[row.dataClass]
        ),
      value: (row) => row.dataClass,
    },
    {
      id: 'scopes',
      title: words.keys.scopes,
      wide: true,
      cell: (row) => <Scopes all={row.scopes} />,
      value: (row) => row.scopes.join(' '),
    },
    {
      id: 'expires',
      title: words.keys.expires,
      wide: true,
      cell: (row) => (
        <span className="whitespace-nowrap">
          {row.expiresAt === null ? words.keys.never : format.date(row.expiresAt)}
        </span>
      ),
      value: (row) => row.expiresAt,
    },
    {
      id: 'revoke',
      title: words.keys.revoke,
      cell: (row) => (
        <Button
          kind="quiet"
          disabled={row.revokedAt !== null || !may('keys:write')}
          aria-label={words.keys.revokeOf(row.name)}
          onClick={() => onRevoke(row)}
        >
          {words.keys.revoke}
        </Button>
      ),
    },
  ];
}
