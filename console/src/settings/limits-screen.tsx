import { limitsOperations, type BudgetAlert, type LimitView } from '@kulning/sdk';
import { getRouteApi } from '@tanstack/react-router';

import { useOperation } from '../app/api.tsx';
import { useMay } from '../app/session.tsx';
import { commandOf } from '../ui/command-lines.ts';
import { Panel } from '../ui/panel.tsx';
import { Screen } from '../ui/screen.tsx';
import { Loaded } from '../ui/states.tsx';
import { sortingOf } from '../ui/table-data.ts';
import { Table, type Column } from '../ui/table.tsx';
import { Time } from '../ui/time.tsx';
import { useSpeech } from '../words/words.tsx';
import { LimitForm } from './limit-form.tsx';
import { UsageBar } from './usage-bar.tsx';

const route = getRouteApi('/inside/settings/limits');

const idOf = ({ level, scopeId }: Pick<LimitView, 'level' | 'scopeId'>) => `${level}:${scopeId}`;
const refetchMs = 5_000;

/** Limits of everything that the reader's organisation sets them for, and how much of them is used. */
export function LimitsScreen() {
  const { words } = useSpeech();
  const may = useMay();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const limits = useOperation(limitsOperations.list, undefined, { refetchMs });
  const columns = useColumns();
  const open = (scope: string | undefined) => void navigate({ search: (before) => ({ ...before, scope }) });
  const chosen = limits.data?.items.find((item) => idOf(item) === search.scope);
  return (
    <Screen
      title={words.pages.limits}
      lead={words.limits.lead}
      commands={[
        commandOf(limitsOperations.list),
        commandOf(limitsOperations.set, {
          params: { level: 'key', scopeId: 'key_…' },
          body: { requestsPerMinute: 600, eurPerDay: 5 },
        }),
      ]}
    >
      <Panel flush>
        <Loaded answer={limits} lines={4}>
          {({ items }) => (
            <Table
              caption={words.pages.limits}
              columns={columns}
              rows={items}
              rowKey={idOf}
              selected={search.scope}
              {...(may('limits:write') && { onSelect: (row: LimitView) => open(idOf(row)) })}
              {...sortingOf(
                search,
                (part) => void navigate({ search: (before) => ({ ...before, ...part }), replace: true }),
              )}
              csv="limits.csv"
            />
          )}
        </Loaded>
      </Panel>
      <Alerts />
      {chosen && may('limits:write') && (
        <LimitForm key={idOf(chosen)} scope={chosen} onClose={() => open(undefined)} />
      )}
    </Screen>
  );
}

function useColumns(): readonly Column<LimitView>[] {
  const { words, format } = useSpeech();
  const rate = (name: 'requestsPerMinute' | 'tokensPerMinute' | 'concurrentCalls'): Column<LimitView> => ({
    id: name,
    title: words.limits.names[name],
    align: 'end',
    wide: true,
    cell: ({ limits }) => (limits[name] === null ? '–' : format.number(limits[name])),
    value: ({ limits }) => limits[name],
  });
  const budget = (
    name: 'eurPerDay' | 'eurPerMonth' | 'gramsCo2PerMonth',
    used: (row: LimitView) => number,
    wide = false,
  ): Column<LimitView> => ({
    id: name,
    title: words.limits.names[name],
    wide,
    cell: (row) => <UsageBar label={words.limits.names[name]} used={used(row)} limit={row.limits[name]} />,
    value: ({ limits }) => limits[name],
  });
  return [
    {
      id: 'scope',
      title: words.limits.scope,
      cell: ({ level, name }) => (
        <>
          <span className="block">{name}</span>
          <span className="inline-block text-xs font-normal text-soft">{words.limits.levels[level]}</span>
        </>
      ),
      value: ({ level, name }) => `${level} ${name}`,
    },
    rate('requestsPerMinute'),
    rate('tokensPerMinute'),
    rate('concurrentCalls'),
    budget('eurPerDay', ({ usedToday }) => usedToday.eur),
    budget('eurPerMonth', ({ usedThisMonth }) => usedThisMonth.eur),
    budget('gramsCo2PerMonth', ({ usedThisMonth }) => usedThisMonth.gramsCo2, true),
    {
      id: 'calls',
      title: words.limits.calls,
      align: 'end',
      wide: true,
      cell: ({ usedThisMonth }) => format.number(usedThisMonth.calls),
      value: ({ usedThisMonth }) => usedThisMonth.calls,
    },
  ];
}

function Alerts() {
  const { words, format } = useSpeech();
  const alerts = useOperation(limitsOperations.alerts, undefined, { refetchMs });
  const columns: readonly Column<BudgetAlert>[] = [
    { id: 'name', title: words.limits.scope, cell: ({ name }) => name },
    { id: 'budget', title: words.limits.alert, cell: ({ budget }) => words.limits.names[budget] },
    {
      id: 'percent',
      title: words.limits.reached,
      align: 'end',
      cell: ({ percent }) => format.percent(percent / 100),
    },
    { id: 'period', title: words.limits.period, wide: true, cell: ({ period }) => period },
    { id: 'at', title: words.limits.at, wide: true, cell: ({ at }) => <Time at={at} /> },
  ];
  return (
    <Panel title={words.limits.alerts} flush>
      <Loaded answer={alerts} lines={2}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="px-4 py-3 text-soft">{words.limits.noAlerts}</p>
          ) : (
            <Table
              caption={words.limits.alerts}
              columns={columns}
              rows={items}
              rowKey={(row) => `${idOf(row)} ${row.budget} ${row.period} ${row.percent}`}
            />
          )
        }
      </Loaded>
    </Panel>
  );
}
