import { instanceOperations, sitesOperations, type OperationResult } from '@kulning/sdk';
import { getRouteApi, Link } from '@tanstack/react-router';

import { useOperation, type Answer } from '../app/api.tsx';
import { SampleSwitch } from '../app/sample-switch.tsx';
import { useMay } from '../app/session.tsx';
import { whereSentence } from '../app/where-sentence-text.ts';
import { SiteMap } from '../map/site-map.tsx';
import { WhereTable } from '../proof/where-table.tsx';
import { siteColumns } from '../sites/site-figures.tsx';
import { commandOf } from '../ui/command-lines.ts';
import { CheckIcon } from '../ui/icons.tsx';
import { Panel } from '../ui/panel.tsx';
import { Screen } from '../ui/screen.tsx';
import { Empty, Loaded } from '../ui/states.tsx';
import { Table } from '../ui/table.tsx';
import { sortingOf } from '../ui/table-data.ts';
import { useSpeech, useWords } from '../words/words.tsx';

const route = getRouteApi('/inside/');

export function HomeScreen() {
  const { words, format } = useSpeech();
  const may = useMay();
  const search = route.useSearch();
  const where = useOperation(instanceOperations.where, undefined);
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
      {may('calls:read') && <FirstSteps />}
    </Screen>
  );
}

type StepId = OperationResult<typeof instanceOperations.steps>['items'][number]['id'];
const stepIds: readonly StepId[] = ['triage', 'refusal', 'erase', 'verify', 'model'];

/** Five steps, each under a minute and with nothing to set up. */
function FirstSteps() {
  const words = useWords();
  const steps = useOperation(instanceOperations.steps, undefined);
  return (
    <Panel title={words.steps.title} flush actions={<SampleSwitch href="/" />}>
      <Loaded answer={steps} lines={5}>
        {({ items }) => (
          <ol className="m-0 grid list-none p-0 md:grid-cols-5 md:divide-x md:divide-line max-md:divide-y max-md:divide-line">
            {stepIds.map((id, index) => (
              <StepItem
                key={id}
                id={id}
                done={items.some((step) => step.id === id && step.done)}
                number={index + 1}
              />
            ))}
          </ol>
        )}
      </Loaded>
    </Panel>
  );
}

const stepHref: Readonly<Record<StepId, string>> = {
  triage: '/models/playground',
  refusal: '/models/playground?class=none',
  erase: '/proof/person',
  verify: '/proof/receipts',
  model: '/models?add=true',
};

function StepItem({
  id,
  done,
  number,
}: {
  readonly id: StepId;
  readonly done: boolean;
  readonly number: number;
}) {
  const words = useWords();
  const { title, text } = words.steps[id];
  return (
    <li className="flex gap-3 p-4 md:flex-col">
      <span
        aria-hidden="true"
        className={`grid size-6 shrink-0 place-items-center rounded-full text-xs font-semibold ${done ? 'bg-lawful-wash text-lawful' : 'border border-line-strong text-soft'}`}
      >
        {done ? <CheckIcon className="size-3.5" /> : number}
      </span>
      <span className="min-w-0">
        <Link
          to={stepHref[id]}
          className="font-medium underline decoration-line-strong underline-offset-3 hover:decoration-current"
        >
          {title}
        </Link>
        <span className="mt-1 block text-xs text-soft">{text}</span>
        {done && <span className="mt-1 block text-xs font-medium text-lawful">{words.steps.done}</span>}
      </span>
    </li>
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
