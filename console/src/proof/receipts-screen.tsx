import {
  callOutcomes,
  decisionsOperations,
  proofOperations,
  sitesOperations,
  type ReceiptSummary,
} from '@kulning/sdk';
import { getRouteApi } from '@tanstack/react-router';

import { useOperation } from '../app/api.tsx';
import { siteName } from '../app/names.ts';
import { useMay } from '../app/session.tsx';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { commandOf } from '../ui/command-lines.ts';
import { Field, Select, TextInput } from '../ui/field.tsx';
import { Panel } from '../ui/panel.tsx';
import { Screen } from '../ui/screen.tsx';
import { Split } from '../ui/split.tsx';
import { Empty, Loaded } from '../ui/states.tsx';
import { Table, type Column } from '../ui/table.tsx';
import { sortingOf } from '../ui/table-data.ts';
import { Time } from '../ui/time.tsx';
import { useWords } from '../words/words.tsx';
import { CallOutcome } from './call-outcome.tsx';
import { ReceiptDetail } from './receipt-detail.tsx';

const route = getRouteApi('/inside/proof/receipts');
const dataClasses = ['public', 'internal', 'personal', 'special'] as const;

/** A day as the address has it, as the moment that the API wants. */
const momentOf = (day: string | undefined) =>
  day !== undefined && /^\d{4}-\d\d-\d\d$/.test(day) ? new Date(`${day}T00:00:00`).toISOString() : undefined;

export function ReceiptsScreen() {
  const words = useWords();
  const may = useMay();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const filter = {
    outcome: search.outcome,
    dataClass: search.class,
    site: search.site,
    from: momentOf(search.from),
    to: momentOf(search.to),
  };
  const filtered = Object.values(filter).some((value) => value !== undefined);
  const receipts = useOperation(
    proofOperations.listReceipts,
    { query: { ...filter, limit: 100 } },
    { keep: true, refetchMs: 10_000 },
  );
  const sites = useOperation(sitesOperations.list, undefined, { enabled: may('sites:read') });
  const siteNameOf = (id: string | null) => {
    const site = sites.data?.items.find((candidate) => candidate.id === id);
    return site ? siteName(site.name, words) : id;
  };
  const columns = useReceiptColumns(siteNameOf);
  const close = () => void navigate({ search: (before) => ({ ...before, receipt: undefined }) });
  return (
    <Screen
      title={words.pages.receipts}
      lead={words.receipts.lead}
      commands={[
        commandOf(proofOperations.listReceipts, { query: filter }),
        ...(search.receipt === undefined
          ? []
          : [
              commandOf(proofOperations.getReceipt, { params: { id: search.receipt } }),
              commandOf(decisionsOperations.get, { params: { callId: search.receipt } }),
            ]),
      ]}
    >
      <Filters sites={sites.data?.items ?? []} filtered={filtered} />
      <Split
        onClose={close}
        detail={
          search.receipt === undefined
            ? undefined
            : {
                id: search.receipt,
                title: words.receipts.one,
                content: <ReceiptDetail key={search.receipt} id={search.receipt} />,
              }
        }
      >
        <Panel flush>
          <Loaded answer={receipts} lines={8}>
            {({ items, next }) =>
              items.length === 0 ? (
                <Empty title={filtered ? words.receipts.noneFiltered : words.receipts.empty}>
                  {filtered ? words.receipts.noneFilteredLead : words.receipts.emptyLead}
                </Empty>
              ) : (
                <>
                  <Table
                    caption={words.pages.receipts}
                    columns={columns}
                    rows={items}
                    rowKey={(row) => row.id}
                    {...sortingOf(
                      search,
                      (part) =>
                        void navigate({ search: (before) => ({ ...before, ...part }), replace: true }),
                    )}
                    selected={search.receipt}
                    onSelect={(row) =>
                      void navigate({ search: (before) => ({ ...before, receipt: row.id }) })
                    }
                    compact={search.receipt !== undefined}
                    csv="receipts.csv"
                  />
                  {next !== undefined && (
                    <p className="border-t border-line px-3 py-2 text-xs text-soft">
                      {words.receipts.newest(items.length)}
                    </p>
                  )}
                </>
              )
            }
          </Loaded>
        </Panel>
      </Split>
    </Screen>
  );
}

function Filters({
  sites,
  filtered,
}: {
  readonly sites: readonly { readonly id: string; readonly name: string }[];
  readonly filtered: boolean;
}) {
  const words = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const set = (part: Partial<typeof search>) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true });
  return (
    <form
      aria-label={words.common.filter}
      onSubmit={(event) => event.preventDefault()}
      className="grid grid-cols-2 items-end gap-3 sm:grid-cols-3 lg:flex lg:flex-wrap"
    >
      <Field label={words.receipts.outcome} className="lg:w-40">
        <Select
          value={search.outcome ?? ''}
          onChange={(event) => set({ outcome: callOutcomes.find((name) => name === event.target.value) })}
        >
          <option value="">{words.common.all}</option>
          {callOutcomes.map((name) => (
            <option key={name} value={name}>
              {words.receipts.outcomes[name]}
            </option>
          ))}
        </Select>
      </Field>
      <Field label={words.receipts.dataClass} className="lg:w-40">
        <Select
          value={search.class ?? ''}
          onChange={(event) => set({ class: dataClasses.find((name) => name === event.target.value) })}
        >
          <option value="">{words.common.all}</option>
          {dataClasses.map((name) => (
            <option key={name} value={name}>
              {words.classes[name]}
            </option>
          ))}
        </Select>
      </Field>
      <Field label={words.receipts.site} className="lg:w-48">
        <Select
          value={search.site ?? ''}
          onChange={(event) => set({ site: event.target.value || undefined })}
        >
          <option value="">{words.common.all}</option>
          {sites.map(({ id, name }) => (
            <option key={id} value={id}>
              {siteName(name, words)}
            </option>
          ))}
        </Select>
      </Field>
      <Field label={words.receipts.from} className="lg:w-40">
        <TextInput
          type="date"
          value={search.from ?? ''}
          onChange={(event) => set({ from: event.currentTarget.value || undefined })}
        />
      </Field>
      <Field label={words.receipts.to} className="lg:w-40">
        <TextInput
          type="date"
          value={search.to ?? ''}
          onChange={(event) => set({ to: event.currentTarget.value || undefined })}
        />
      </Field>
      {filtered && (
        <Button
          kind="quiet"
          onClick={() =>
            set({ outcome: undefined, class: undefined, site: undefined, from: undefined, to: undefined })
          }
        >
          {words.common.clearFilter}
        </Button>
      )}
    </form>
  );
}

function useReceiptColumns(
  siteName: (id: string | null) => string | null,
): readonly Column<ReceiptSummary>[] {
  const words = useWords();
  return [
    { id: 'at', title: words.receipts.at, cell: (row) => <Time at={row.at} />, value: (row) => row.at },
    {
      id: 'outcome',
      title: words.receipts.outcome,
      cell: (row) => <CallOutcome outcome={row.outcome} />,
      value: (row) => row.outcome,
    },
    {
      id: 'class',
      title: words.receipts.dataClass,
      cell: (row) =>
        row.dataClass === null ? (
          <span className="text-soft italic">{words.classes.none}</span>
        ) : (
          words.classes[row.dataClass]
        ),
      value: (row) => row.dataClass,
    },
    {
      id: 'site',
      title: words.receipts.site,
      wide: true,
      cell: (row) => siteName(row.siteId) ?? <span className="text-soft">{words.receipts.nowhere}</span>,
      value: (row) => siteName(row.siteId),
    },
    {
      id: 'model',
      title: words.receipts.model,
      wide: true,
      cell: (row) => row.model ?? '–',
      value: (row) => row.model,
    },
    {
      id: 'log',
      title: words.receipts.log,
      wide: true,
      cell: (row) => (
        <Badge tone={row.status === 'sequenced' ? 'lawful' : 'waiting'}>
          {row.status === 'sequenced' ? words.receipts.sequenced : words.receipts.pending}
        </Badge>
      ),
      value: (row) => row.status,
    },
    {
      id: 'id',
      title: words.receipts.id,
      wide: true,
      cell: (row) => (
        <code
          className="font-mono text-xs text-soft"
          title={row.id}
        >{`${row.id.slice(0, 5)}…${row.id.slice(-8)}`}</code>
      ),
      value: (row) => row.id,
    },
  ];
}
