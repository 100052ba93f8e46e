import { identityOperations, roles, type OperationResult, type Role } from '@kulning/sdk';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';

import { useAct, useOperation } from '../app/api.tsx';
import { errorAt } from '../app/form.ts';
import { useMay, useSession } from '../app/session.tsx';
import { Button } from '../ui/button.tsx';
import { commandOf } from '../ui/command-lines.ts';
import { Confirm } from '../ui/confirm.tsx';
import { Field, Select, TextInput } from '../ui/field.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { Panel } from '../ui/panel.tsx';
import { Screen } from '../ui/screen.tsx';
import { Loaded, Problem } from '../ui/states.tsx';
import { Table, type Column } from '../ui/table.tsx';
import { sortingOf } from '../ui/table-data.ts';
import { Time } from '../ui/time.tsx';
import { useWords } from '../words/words.tsx';

const route = getRouteApi('/inside/settings/members');

type Member = OperationResult<typeof identityOperations.listMembers>['items'][number];

export function MembersScreen() {
  const words = useWords();
  const may = useMay();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const members = useOperation(identityOperations.listMembers, undefined);
  const change = useAct(identityOperations.changeMember, [identityOperations.listMembers]);
  const remove = useAct(identityOperations.removeMember, [identityOperations.listMembers]);
  const [removing, setRemoving] = useState<Member>();
  const adding = (add: boolean) =>
    void navigate({ search: (before) => ({ ...before, add: add || undefined }) });
  const columns = useMemberColumns(
    (member, role) => change.mutate({ params: { userId: member.userId }, body: { role } }),
    setRemoving,
  );
  return (
    <Screen
      title={words.pages.members}
      lead={words.members.lead}
      actions={
        may('members:write') && (
          <Button kind="primary" onClick={() => adding(true)}>
            {words.members.add}
          </Button>
        )
      }
      commands={[
        commandOf(identityOperations.listMembers),
        commandOf(identityOperations.addMember, {
          body: { name: 'Lo Berg', email: 'lo@example.org', role: 'dpo', passphrase: '@passphrase.txt' },
        }),
      ]}
    >
      {change.isError && <Problem error={change.error} />}
      <Panel flush>
        <Loaded answer={members} lines={5}>
          {({ items }) => (
            <Table
              caption={words.pages.members}
              columns={columns}
              rows={items}
              rowKey={(row) => row.userId}
              {...sortingOf(
                search,
                (part) => void navigate({ search: (before) => ({ ...before, ...part }), replace: true }),
              )}
              csv="members.csv"
            />
          )}
        </Loaded>
      </Panel>
      <Panel title={words.members.rolesTitle}>
        <dl className="m-0 grid gap-x-6 gap-y-2 text-sm sm:grid-cols-[max-content_minmax(0,1fr)]">
          {roles.map((role) => (
            <div key={role} className="contents">
              <dt className="font-medium">{words.members.roles[role]}</dt>
              <dd className="m-0 text-soft max-sm:-mt-1.5 max-sm:mb-1">{words.members.roleMeans[role]}</dd>
            </div>
          ))}
        </dl>
      </Panel>
      <AddMember open={search.add === true && may('members:write')} onClose={() => adding(false)} />
      <Confirm
        open={removing !== undefined}
        onClose={() => setRemoving(undefined)}
        title={words.members.removeOf(removing?.name ?? '')}
        action={words.common.remove}
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() =>
          removing &&
          remove.mutate({ params: { userId: removing.userId } }, { onSuccess: () => setRemoving(undefined) })
        }
      >
        {words.members.removeMeans}
      </Confirm>
    </Screen>
  );
}

function AddMember({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const words = useWords();
  const act = useAct(identityOperations.addMember, [identityOperations.listMembers]);
  return (
    <FormDialog
      open={open}
      onClose={onClose}
      title={words.members.add}
      lead={words.members.addLead}
      action={words.members.add}
      act={act}
      onSubmit={({ name = '', email = '', passphrase = '', role }) =>
        act.mutate(
          { body: { name, email, passphrase, role: roles.find((known) => known === role) ?? 'member' } },
          { onSuccess: onClose },
        )
      }
    >
      <Field label={words.members.name} error={errorAt(act.error, 'name')}>
        <TextInput name="name" required maxLength={120} autoComplete="off" />
      </Field>
      <Field label={words.login.email} error={errorAt(act.error, 'email')}>
        <TextInput name="email" type="email" required autoComplete="off" />
      </Field>
      <Field label={words.members.role} error={errorAt(act.error, 'role')}>
        <Select name="role" defaultValue="member">
          {roles.map((role) => (
            <option key={role} value={role}>
              {words.members.roles[role]}
            </option>
          ))}
        </Select>
      </Field>
      <Field
        label={words.members.passphrase}
        hint={words.claim.passphraseHint}
        error={errorAt(act.error, 'passphrase')}
      >
        <TextInput name="passphrase" type="password" required minLength={12} autoComplete="new-password" />
      </Field>
    </FormDialog>
  );
}

function useMemberColumns(
  onRole: (member: Member, role: Role) => void,
  onRemove: (member: Member) => void,
): readonly Column<Member>[] {
  const words = useWords();
  const may = useMay();
  const session = useSession();
  return [
    { id: 'name', title: words.members.name, cell: (row) => row.name, value: (row) => row.name },
    {
      id: 'email',
      title: words.login.email,
      wide: true,
      cell: (row) => <span className="break-all">{row.email}</span>,
      value: (row) => row.email,
    },
    {
      id: 'role',
      title: words.members.role,
      cell: (row) => (
        <Field label={<span className="sr-only">{words.members.roleOf(row.name)}</span>}>
          <Select
            className="min-w-42"
            value={row.role}
            disabled={!may('members:write') || row.userId === session.user?.id}
            onChange={(event) => onRole(row, event.target.value as Role)}
          >
            {roles.map((role) => (
              <option key={role} value={role}>
                {words.members.roles[role]}
              </option>
            ))}
          </Select>
        </Field>
      ),
      value: (row) => row.role,
    },
    {
      id: 'since',
      title: words.members.since,
      wide: true,
      cell: (row) => <Time at={row.since} />,
      value: (row) => row.since,
    },
    {
      id: 'remove',
      title: words.common.remove,
      cell: (row) => (
        <Button
          kind="quiet"
          disabled={!may('members:write') || row.userId === session.user?.id}
          aria-label={words.members.removeOf(row.name)}
          onClick={() => onRemove(row)}
        >
          {words.common.remove}
        </Button>
      ),
    },
  ];
}
