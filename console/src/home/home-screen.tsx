import { instanceOperations, sitesOperations, type OperationResult } from '@kulning/sdk';
import { getRouteApi, Link } from '@tanstack/react-router';

import { useOperation, type Answer } from '../app/api.tsx';
import { useMay } from '../app/session.tsx';
import { whereSentence } from '../app/where-sentence-text.ts';
import { SiteMap } from '../map/site-map.tsx';
import { WhereTable } from '../proof/where-table.tsx';
import { siteColumns } from '../sites/site-figures.tsx';
import { commandOf } from '../ui/command-lines.ts';
import { Panel } from '../ui/panel.tsx';
import { Screen } from '../ui/screen.tsx';
import { Empty, Loaded } from '../ui/states.tsx';
import { Table } from '../ui/table.tsx';
import { sortingOf } from '../ui/table-data.ts';
import { useSpeech } from '../words/words.tsx';
import { FirstSteps } from './first-steps.tsx';

const route = getRouteApi('/inside/');

export function HomeScreen() {
  const { words, format } = useSpeech();
  const may = useMay();
  const search = route.useSearch();
  const where = useOperation(instanceOperations.where, undefined);
  const steps = useOperation(instanceOperations.steps, undefined, { enabled: may('calls:read') });
  // The check on another computer is seen by nobody here, so it does not hold the others up.
  const isDone = steps.data?.items.every(({ id, done }) => done || id === 'verify') === true;
  const firstSteps = may('calls:read') && <FirstSteps steps={steps} />;
  const sites = useOperation(sitesOperations.list, undefined);
  return (
    <Screen
      title={words.pages.home}
      commands={[
        commandOf(instanceOperations.where),
        commandOf(sitesOperations.list),
        commandOf(instanceOperations.steps),
      ]}
    >
      {!isDone && firstSteps}
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,24rem)_minmax(0,1fr)]">
        <Panel flush className="overflow-hidden max-lg:order-last">
          <Loaded answer={sites} lines={12}>
            {({ items }) => <SiteMap sites={items} selected={search.site} />}
          </Loaded>
        </Panel>
        <div className="flex min-w-0 flex-col gap-4">
          <Panel title={words.where.title} flush>
            <Loaded answer={where} lines={5}>
              {(value) => (
                <>
                  <p className="border-b border-line px-4 py-4 text-lg">
                    {whereSentence(value, words, format)}
                  </p>
                  <WhereTable where={value} />
                </>
              )}
            </Loaded>
          </Panel>
          <SitesPanel sites={sites} />
        </div>
      </div>
      {isDone && firstSteps}
    </Screen>
  );
}

function SitesPanel({ sites }: { readonly sites: Answer<OperationResult<typeof sitesOperations.list>> }) {
  const { words, format } = useSpeech();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Panel
      title={words.pages.sites}
      flush
      actions={
        <Link to="/sites" search={{}} className="prose-link text-sm">
          {words.sites.all}
        </Link>
      }
    >
      <Loaded answer={sites} lines={6}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={words.sites.empty}>{words.sites.emptyLead}</Empty>
          ) : (
            <Table
              caption={words.pages.sites}
              columns={siteColumns(words, format)}
              rows={items}
              rowKey={(site) => site.id}
              {...sortingOf(
                search,
                (part) => void navigate({ search: (before) => ({ ...before, ...part }), replace: true }),
              )}
              selected={search.site}
              onSelect={(site) =>
                void navigate({
                  search: (before) => ({ ...before, site: search.site === site.id ? undefined : site.id }),
                  replace: true,
                })
              }
            />
          )
        }
      </Loaded>
    </Panel>
  );
}
