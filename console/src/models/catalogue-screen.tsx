import { modelCatalogueOperations, modelPullOperations, modelsOperations } from '@kulning/sdk';
import { getRouteApi } from '@tanstack/react-router';

import { useOperation } from '../app/api.tsx';
import { Badge } from '../ui/badge.tsx';
import { commandOf } from '../ui/command-lines.ts';
import { Panel } from '../ui/panel.tsx';
import { Screen } from '../ui/screen.tsx';
import { Split } from '../ui/split.tsx';
import { Empty, Loaded } from '../ui/states.tsx';
import { Table, type Column } from '../ui/table.tsx';
import { sortingOf } from '../ui/table-data.ts';
import { useSpeech } from '../words/words.tsx';
import { MemoryNeed, Rights, rights, type CatalogueItem, type EngineMemory } from './catalogue-badges.tsx';
import { CatalogueDetail } from './catalogue-detail.tsx';
import { PullList } from './pull-list.tsx';

const route = getRouteApi('/inside/models/catalogue');

/** Which open models there are, whether one may use them and has room, and how they come here. */
export function CatalogueScreen() {
  const { words } = useSpeech();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const catalogue = useOperation(modelCatalogueOperations.catalogue, undefined);
  const choose = (model: string | undefined) => void navigate({ search: (before) => ({ ...before, model }) });
  const chosen = catalogue.data?.items.find(({ id }) => id === search.model);
  const columns = useColumns(catalogue.data?.machine);
  return (
    <Screen
      title={words.pages.catalogue}
      lead={words.catalogue.lead}
      commands={[
        commandOf(modelCatalogueOperations.catalogue),
        commandOf(modelPullOperations.list),
        ...(chosen
          ? [
              commandOf(modelPullOperations.pull, {
                body: { source: 'ORGANISATION/REPOSITORY/FILE.gguf', name: chosen.id },
              }),
            ]
          : [commandOf(modelsOperations.list)]),
      ]}
    >
      <Split
        onClose={() => choose(undefined)}
        detail={
          chosen &&
          catalogue.data && {
            id: chosen.id,
            title: chosen.name,
            content: <CatalogueDetail key={chosen.id} model={chosen} machine={catalogue.data.machine} />,
          }
        }
      >
        <div className="flex flex-col gap-4">
          <PullList />
          <Panel flush>
            <Loaded answer={catalogue} lines={10}>
              {({ items }) =>
                items.length === 0 ? (
                  <Empty title={words.catalogue.none}>{words.catalogue.lead}</Empty>
                ) : (
                  <Table
                    caption={words.pages.catalogue}
                    columns={columns}
                    rows={items}
                    rowKey={(row) => row.id}
                    {...sortingOf(
                      search,
                      (part) =>
                        void navigate({ search: (before) => ({ ...before, ...part }), replace: true }),
                    )}
                    selected={search.model}
                    onSelect={(row) => choose(row.id)}
                    compact={chosen !== undefined}
                    csv="catalogue.csv"
                  />
                )
              }
            </Loaded>
          </Panel>
        </div>
      </Split>
    </Screen>
  );
}

function useColumns(machine: EngineMemory | undefined): readonly Column<CatalogueItem>[] {
  const { words, format } = useSpeech();
  const { catalogue, models } = words;
  return [
    {
      id: 'name',
      title: catalogue.model,
      cell: (row) => (
        <span className="inline-flex flex-wrap items-center gap-x-2">
          {row.name}
          {row.deployed && <Badge tone="accent">{catalogue.deployed}</Badge>}
        </span>
      ),
      value: (row) => row.name,
    },
    {
      id: 'by',
      title: catalogue.by,
      wide: true,
      cell: (row) => `${row.by} (${format.country(row.country)})`,
      value: (row) => row.by,
    },
    {
      id: 'use',
      title: catalogue.use,
      wide: true,
      cell: (row) => catalogue.uses[row.use],
      value: (row) => row.use,
    },
    {
      id: 'licence',
      title: models.licence,
      wide: true,
      cell: (row) => row.licence?.id ?? words.provenance.unknown,
      value: (row) => row.licence?.id ?? null,
    },
    { id: 'may', title: catalogue.may, cell: (row) => <Rights model={row} />, value: rights },
    {
      id: 'memory',
      title: catalogue.memory,
      cell: (row) => <MemoryNeed bytes={row.modelledBytes} machine={machine} />,
      value: (row) => row.modelledBytes,
    },
  ];
}
