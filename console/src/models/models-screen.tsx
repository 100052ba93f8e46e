import { enginesOperations, modelsOperations, sitesOperations, type ModelView } from '@kulning/sdk';
import { getRouteApi, Link } from '@tanstack/react-router';

import { useOperation } from '../app/api.tsx';
import { siteName } from '../app/names.ts';
import { useMay } from '../app/session.tsx';
import { Hatched } from '../ui/badge.tsx';
import { Button, buttonClass } from '../ui/button.tsx';
import { commandOf } from '../ui/command-lines.ts';
import { Panel } from '../ui/panel.tsx';
import { Screen } from '../ui/screen.tsx';
import { Split } from '../ui/split.tsx';
import { Empty, Loaded } from '../ui/states.tsx';
import { Table, type Column } from '../ui/table.tsx';
import { sortingOf } from '../ui/table-data.ts';
import { useSpeech } from '../words/words.tsx';
import { EnginePhase } from './engine-phase.tsx';
import { ModelDetail } from './model-detail.tsx';
import { ModelForm } from './model-form.tsx';

const route = getRouteApi('/inside/models');

export function ModelsScreen() {
  const { words } = useSpeech();
  const may = useMay();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const models = useOperation(modelsOperations.list, undefined, { refetchMs: 5000 });
  const sites = useOperation(sitesOperations.list, undefined, { enabled: may('sites:read') });
  const siteNameOf = (id: string) => {
    const site = sites.data?.items.find((candidate) => candidate.id === id);
    return site ? siteName(site.name, words) : id;
  };
  const chosen = models.data?.items.find(({ id, name }) => name === search.model || id === search.model);
  const go = (part: Partial<typeof search>) =>
    void navigate({ search: (before) => ({ ...before, model: undefined, add: undefined, ...part }) });
  const columns = useModelColumns(siteNameOf);
  const detail = () => {
    if (search.add === true)
      return {
        id: 'add',
        title: words.models.add,
        content: <ModelForm onDone={(model) => go({ model: model.name })} />,
      };
    return (
      chosen && {
        id: chosen.id,
        title: chosen.name,
        content: (
          <ModelDetail key={chosen.id} model={chosen} siteName={siteNameOf} onRemoved={() => go({})} />
        ),
      }
    );
  };
  return (
    <Screen
      title={words.pages.models}
      lead={words.models.lead}
      actions={
        <>
          <Link to="/models/playground" search={{}} className={buttonClass()}>
            {words.models.try}
          </Link>
          {may('models:write') && (
            <Button kind="primary" onClick={() => go({ add: true })}>
              {words.models.add}
            </Button>
          )}
        </>
      }
      commands={[
        commandOf(modelsOperations.list),
        chosen
          ? commandOf(modelsOperations.get, { params: { modelId: chosen.name } })
          : commandOf(enginesOperations.list),
        ...(search.add
          ? [commandOf(modelsOperations.add, { body: { source: 'http://127.0.0.1:8080/v1' } })]
          : []),
      ]}
    >
      <Split detail={detail()} onClose={() => go({})}>
        <Panel flush>
          <Loaded answer={models} lines={6}>
            {({ items }) =>
              items.length === 0 ? (
                <Empty title={words.models.empty}>{words.models.emptyLead}</Empty>
              ) : (
                <Table
                  caption={words.pages.models}
                  columns={columns}
                  rows={items}
                  rowKey={(row) => row.id}
                  {...sortingOf(
                    search,
                    (part) => void navigate({ search: (before) => ({ ...before, ...part }), replace: true }),
                  )}
                  selected={chosen?.id}
                  onSelect={(row) => go({ model: row.name })}
                  compact={chosen !== undefined || search.add === true}
                  csv="models.csv"
                />
              )
            }
          </Loaded>
        </Panel>
      </Split>
    </Screen>
  );
}

function parametersOf(model: ModelView, show: (count: number) => string): string | undefined {
  const count = model.versions[0]?.parameters;
  return count === null || count === undefined ? undefined : show(count);
}

function useModelColumns(siteName: (id: string) => string): readonly Column<ModelView>[] {
  const { words, format } = useSpeech();
  return [
    { id: 'name', title: words.models.name, cell: (row) => row.name, value: (row) => row.name },
    {
      id: 'kind',
      title: words.models.kind,
      cell: (row) =>
        row.toy === null ? words.models.origins[row.origin] : <Hatched>{words.models.toy}</Hatched>,
      value: (row) => row.toy ?? row.origin,
    },
    {
      id: 'parameters',
      title: words.models.parameters,
      align: 'end',
      wide: true,
      cell: (row) =>
        parametersOf(row, (count) => format.number(count, 0)) ?? (
          <span className="text-soft italic">{words.provenance.unknown}</span>
        ),
      value: (row) => row.versions[0]?.parameters ?? null,
    },
    {
      id: 'sites',
      title: words.pages.sites,
      wide: true,
      cell: (row) => format.list(row.deployments.map(({ siteId }) => siteName(siteId))),
      value: (row) => row.deployments.length,
    },
    {
      id: 'engine',
      title: words.models.engine,
      cell: (row) => (
        <span className="flex flex-wrap gap-1">
          {[...new Set(row.deployments.map(({ phase }) => phase))].map((phase) => (
            <EnginePhase key={phase} phase={phase} />
          ))}
        </span>
      ),
      value: (row) => row.deployments[0]?.phase ?? null,
    },
  ];
}
