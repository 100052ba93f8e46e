import { pricesOperations, statementsOperations, type PriceView, type Statement } from '@kulning/sdk';
import { getRouteApi } from '@tanstack/react-router';

import { useClient, useOperation } from '../app/api.tsx';
import { useMay } from '../app/session.tsx';
import { Button } from '../ui/button.tsx';
import { commandOf } from '../ui/command-lines.ts';
import { Field, TextInput } from '../ui/field.tsx';
import { Panel } from '../ui/panel.tsx';
import { saveFile } from '../ui/save-file.ts';
import { Screen } from '../ui/screen.tsx';
import { Empty, Loaded } from '../ui/states.tsx';
import { Table, type Column } from '../ui/table.tsx';
import { Time } from '../ui/time.tsx';
import { useSpeech } from '../words/words.tsx';
import { useDeploymentNames } from './deployment-names.ts';
import { PriceForm } from './price-form.tsx';

const route = getRouteApi('/inside/settings/billing');

const thisMonth = () => new Date().toISOString().slice(0, 7);

/** What calls cost, and what they came to in a month. */
export function BillingScreen() {
  const { words } = useSpeech();
  const may = useMay();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const month = search.month ?? thisMonth();
  const adding = (price: boolean) =>
    void navigate({ search: (before) => ({ ...before, price: price || undefined }) });
  return (
    <Screen
      title={words.pages.billing}
      lead={words.billing.lead}
      actions={
        may('prices:write') && (
          <Button kind="primary" onClick={() => adding(true)}>
            {words.billing.set}
          </Button>
        )
      }
      commands={[
        commandOf(statementsOperations.list, { params: { month } }),
        commandOf(statementsOperations.csv, { params: { month } }),
        commandOf(pricesOperations.list),
      ]}
    >
      <Panel flush title={words.billing.statements}>
        <div className="px-4 py-3">
          <Field label={words.billing.month} className="w-44">
            <TextInput
              type="month"
              value={month}
              max={thisMonth()}
              onChange={({ target }) =>
                void navigate({ search: (before) => ({ ...before, month: target.value || undefined }) })
              }
            />
          </Field>
        </div>
        <Statements month={month} />
      </Panel>
      <Prices />
      <PriceForm open={search.price === true && may('prices:write')} onClose={() => adding(false)} />
    </Screen>
  );
}

function Statements({ month }: { readonly month: string }) {
  const { words, format } = useSpeech();
  const client = useClient();
  const statements = useOperation(statementsOperations.list, { params: { month } }, { keep: true });
  const sum = (
    id: 'inputTokens' | 'eur' | 'wattHours' | 'gramsCo2',
    title: string,
    unknownCalls: (total: Statement['total']) => number,
    valueOf: (total: Statement['total']) => number | null,
    digits: number,
  ): Column<Statement> => ({
    id,
    title,
    align: 'end',
    wide: id !== 'eur',
    cell: ({ total }) => {
      const value = valueOf(total);
      const unknown = unknownCalls(total);
      if (value === null) return words.billing.unknown;
      return (
        <>
          <span className="block">{format.number(value, digits)}</span>
          {unknown > 0 && <span className="block text-xs text-soft">{words.billing.without(unknown)}</span>}
        </>
      );
    },
    value: ({ total }) => valueOf(total),
  });
  const download = async ({ organisation }: Statement) =>
    saveFile(
      `${month}-${organisation.id}.csv`,
      await client.call(statementsOperations.csv, {
        params: { month },
        query: { organisationId: organisation.id },
      }),
    );
  const columns: readonly Column<Statement>[] = [
    { id: 'organisation', title: words.billing.organisation, cell: ({ organisation }) => organisation.name },
    {
      id: 'calls',
      title: words.billing.calls,
      align: 'end',
      cell: ({ total }) => format.number(total.calls),
    },
    sum(
      'inputTokens',
      words.billing.tokens,
      ({ tokensUnknownCalls }) => tokensUnknownCalls,
      ({ inputTokens, outputTokens }) => (inputTokens === null ? null : inputTokens + (outputTokens ?? 0)),
      0,
    ),
    sum(
      'eur',
      words.billing.eur,
      ({ eurUnknownCalls }) => eurUnknownCalls,
      ({ eur }) => (eur === null ? null : Number(eur)),
      4,
    ),
    sum(
      'wattHours',
      words.billing.energy,
      ({ energyUnknownCalls }) => energyUnknownCalls,
      ({ wattHours }) => wattHours,
      2,
    ),
    sum(
      'gramsCo2',
      words.billing.carbon,
      ({ carbonUnknownCalls }) => carbonUnknownCalls,
      ({ gramsCo2 }) => gramsCo2,
      2,
    ),
    {
      id: 'csv',
      title: words.billing.csv,
      align: 'end',
      cell: (row) => (
        <Button
          aria-label={words.billing.csvOf(row.organisation.name, month)}
          onClick={() => void download(row)}
        >
          {words.billing.csv}
        </Button>
      ),
    },
  ];
  return (
    <Loaded answer={statements} lines={3}>
      {({ items }) => (
        <Table
          caption={words.billing.statements}
          columns={columns}
          rows={items}
          rowKey={({ organisation }) => organisation.id}
        />
      )}
    </Loaded>
  );
}

function Prices() {
  const { words, format } = useSpeech();
  const prices = useOperation(pricesOperations.list, undefined);
  const names = useDeploymentNames();
  const euro = (
    id: 'eurPerMillionInput' | 'eurPerMillionOutput' | 'eurPerCall',
    title: string,
  ): Column<PriceView> => ({
    id,
    title,
    align: 'end',
    wide: id === 'eurPerCall',
    cell: (row) => format.number(row[id], 9),
  });
  const columns: readonly Column<PriceView>[] = [
    {
      id: 'deployment',
      title: words.billing.deployment,
      cell: ({ deploymentId }) => {
        const { model = deploymentId, site } = names.get(deploymentId) ?? {};
        return (
          <>
            <span className="block">{model}</span>
            <span className="block text-xs text-soft">{site}</span>
          </>
        );
      },
    },
    euro('eurPerMillionInput', words.billing.input),
    euro('eurPerMillionOutput', words.billing.output),
    euro('eurPerCall', words.billing.perCall),
    {
      id: 'validFrom',
      title: words.billing.validFrom,
      wide: true,
      cell: ({ validFrom, current }) => (
        <>
          <Time at={validFrom} />
          {current && <span className="block text-xs text-soft">{words.billing.current}</span>}
        </>
      ),
    },
  ];
  return (
    <Panel flush title={words.billing.prices}>
      <Loaded answer={prices} lines={3}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={words.billing.noPrices}>{words.billing.noPricesLead}</Empty>
          ) : (
            <Table caption={words.billing.prices} columns={columns} rows={items} rowKey={({ id }) => id} />
          )
        }
      </Loaded>
    </Panel>
  );
}
