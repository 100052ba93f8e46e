import { usageOperations } from '@kulning/sdk';
import { getRouteApi, Link } from '@tanstack/react-router';

import { useClient, useOperation } from '../app/api.tsx';
import { useMay } from '../app/session.tsx';
import { Button, buttonClass } from '../ui/button.tsx';
import { commandOf } from '../ui/command-lines.ts';
import { Field, Select } from '../ui/field.tsx';
import { Panel } from '../ui/panel.tsx';
import { saveFile } from '../ui/save-file.ts';
import { Screen } from '../ui/screen.tsx';
import { Empty, Loaded, Notice } from '../ui/states.tsx';
import { Table } from '../ui/table.tsx';
import { sortingOf } from '../ui/table-data.ts';
import { Tabs } from '../ui/tabs.tsx';
import { useWords } from '../words/words.tsx';
import { UsageCharts } from './usage-charts.tsx';
import { groupings, useUsageColumns } from './usage-columns.tsx';
import { UsageFilters } from './usage-filters.tsx';
import { rangeOf } from './usage-range.ts';
import { UsageTiles, type UsageView } from './usage-tiles.tsx';

const route = getRouteApi('/inside/models/usage');
const views: readonly UsageView[] = ['calls', 'cost', 'carbon', 'latency'];
const refetchMs = 15_000;

/** What was used, in four views of the same filters: all of it stands in the address. */
export function UsageScreen() {
  const words = useWords();
  const may = useMay();
  const client = useClient();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const set = (part: Partial<typeof search>) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true });
  const view = search.view ?? 'calls';
  const by = groupings.find((name) => name === search.by) ?? 'model';
  const query = queryOf(search, by);
  return (
    <Screen
      title={words.pages.usage}
      lead={words.usage.lead}
      actions={
        may('calls:read') && (
          <Button
            onClick={() =>
              void client
                .call(usageOperations.csv, { query })
                .then((csv) => saveFile(`usage-${query.from.slice(0, 10)}-${by}.csv`, csv))
            }
          >
            {words.usage.csvAll}
          </Button>
        )
      }
      commands={[commandOf(usageOperations.list, { query }), commandOf(usageOperations.csv, { query })]}
    >
      <UsageFilters search={search} onChange={set} withSite>
        <Field label={words.usage.by} className="lg:w-40">
          <Select
            value={by}
            onChange={({ target }) => set({ by: groupings.find((name) => name === target.value) })}
          >
            {groupings.map((name) => (
              <option key={name} value={name}>
                {words.usage.dimensions[name]}
              </option>
            ))}
          </Select>
        </Field>
      </UsageFilters>
      {may('calls:read') ? (
        <Tabs
          label={words.pages.usage}
          value={view}
          onChange={(next) => set({ view: next === 'calls' ? undefined : next })}
          tabs={views.map((each) => ({
            value: each,
            label: words.usage.views[each],
            content: each === view && <View view={each} />,
          }))}
        />
      ) : (
        <Notice>{words.usage.missingScope}</Notice>
      )}
    </Screen>
  );
}

type Search = ReturnType<typeof route.useSearch>;

function queryOf({ range, from, to, model, key, site }: Search, by: (typeof groupings)[number]) {
  const shown = rangeOf({ range, from, to }, Date.now());
  return { from: shown.from, to: shown.to, by, model, keyId: key, siteId: site };
}

function View({ view }: { readonly view: UsageView }) {
  const words = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const by = groupings.find((name) => name === search.by) ?? 'model';
  const range = rangeOf(search, Date.now());
  const query = queryOf(search, by);
  const groups = useOperation(usageOperations.list, { query }, { keep: true, refetchMs });
  const steps = useOperation(
    usageOperations.list,
    { query: { ...query, by: range.step } },
    { keep: true, refetchMs },
  );
  const columns = useUsageColumns(view, by);
  return (
    <Loaded answer={groups} lines={10}>
      {({ items, total }) =>
        total.calls === 0 ? (
          <Panel flush>
            <Empty
              title={words.usage.empty}
              action={
                <Link to="/models/playground" className={buttonClass()}>
                  {words.usage.toPlayground}
                </Link>
              }
            >
              {words.usage.emptyLead}
            </Empty>
          </Panel>
        ) : (
          <div className="flex flex-col gap-4">
            <UsageTiles view={view} total={total} />
            <Loaded answer={steps} lines={7}>
              {({ items: rows }) => <UsageCharts view={view} range={range} rows={rows} />}
            </Loaded>
            <Panel flush title={words.usage.dimensions[by]}>
              <Table
                caption={`${words.usage.views[view]} · ${words.usage.dimensions[by]}`}
                columns={columns}
                rows={items}
                rowKey={(row) => row.id ?? ''}
                {...sortingOf(
                  search,
                  (part) => void navigate({ search: (before) => ({ ...before, ...part }), replace: true }),
                )}
                csv={`usage-${view}-${by}.csv`}
              />
            </Panel>
          </div>
        )
      }
    </Loaded>
  );
}
