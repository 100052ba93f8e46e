import { batchesOperations, type BatchView, filesOperations } from '@kulning/sdk';
import { getRouteApi } from '@tanstack/react-router';

import { useOperation } from '../app/api.tsx';
import { commandOf } from '../ui/command-lines.ts';
import { CodeLine } from '../ui/copy.tsx';
import { Panel } from '../ui/panel.tsx';
import { Screen } from '../ui/screen.tsx';
import { Split } from '../ui/split.tsx';
import { Empty, Loaded } from '../ui/states.tsx';
import { Table, type Column } from '../ui/table.tsx';
import { sortingOf } from '../ui/table-data.ts';
import { Time } from '../ui/time.tsx';
import { useSpeech } from '../words/words.tsx';
import { BatchDetail } from './batch-detail.tsx';
import { BatchProgress, BatchState } from './batch-status.tsx';

const route = getRouteApi('/inside/models/batches');
const refetchMs = 3_000;

export function BatchesScreen() {
  const { words } = useSpeech();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const batches = useOperation(batchesOperations.list, { query: { limit: 100 } }, { keep: true, refetchMs });
  const columns = useBatchColumns();
  const choose = (batch: string | undefined) => void navigate({ search: (before) => ({ ...before, batch }) });
  const chosen = batches.data?.items.find(({ id }) => id === search.batch);
  return (
    <Screen
      title={words.pages.batches}
      lead={words.batches.lead}
      commands={[
        commandOf(batchesOperations.list),
        ...(search.batch === undefined
          ? []
          : [commandOf(batchesOperations.get, { params: { batchId: search.batch } })]),
        ...(chosen?.outputFileId
          ? [commandOf(filesOperations.content, { params: { fileId: chosen.outputFileId } })]
          : []),
      ]}
    >
      <Split
        onClose={() => choose(undefined)}
        detail={
          search.batch === undefined
            ? undefined
            : {
                id: search.batch,
                title: words.batches.one,
                content: <BatchDetail key={search.batch} id={search.batch} />,
              }
        }
      >
        <Panel flush>
          <Loaded answer={batches} lines={6}>
            {({ items, next }) =>
              items.length === 0 ? (
                <Empty
                  title={words.batches.empty}
                  action={<CodeLine text="kulning batches create requests.jsonl --output answers.jsonl" />}
                >
                  {words.batches.emptyLead}
                </Empty>
              ) : (
                <>
                  <Table
                    caption={words.pages.batches}
                    columns={columns}
                    rows={items}
                    rowKey={(row) => row.id}
                    {...sortingOf(
                      search,
                      (part) =>
                        void navigate({ search: (before) => ({ ...before, ...part }), replace: true }),
                    )}
                    selected={search.batch}
                    onSelect={(row) => choose(row.id)}
                    compact={search.batch !== undefined}
                    csv="batches.csv"
                  />
                  {next !== undefined && (
                    <p className="border-t border-line px-3 py-2 text-xs text-soft">
                      {words.batches.moreThanShown(items.length)}
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

function useBatchColumns(): readonly Column<BatchView>[] {
  const { words, format } = useSpeech();
  const { batches } = words;
  return [
    {
      id: 'createdAt',
      title: batches.createdAt,
      cell: (row) => <Time at={row.createdAt} />,
      value: (row) => row.createdAt,
    },
    {
      id: 'status',
      title: batches.status,
      cell: (row) => <BatchState status={row.status} />,
      value: (row) => row.status,
    },
    {
      id: 'progress',
      title: batches.progress,
      cell: (row) => <BatchProgress batch={row} />,
      value: (row) => row.requests.completed,
    },
    {
      id: 'failed',
      title: batches.failed,
      align: 'end',
      wide: true,
      cell: (row) => format.number(row.requests.failed, 0),
      value: (row) => row.requests.failed,
    },
    {
      id: 'endpoint',
      title: batches.endpoint,
      wide: true,
      cell: (row) => <code className="font-mono text-xs">{row.endpoint}</code>,
      value: (row) => row.endpoint,
    },
    {
      id: 'dataClass',
      title: batches.dataClass,
      wide: true,
      cell: (row) => (row.dataClass === null ? '–' : words.classes[row.dataClass]),
      value: (row) => row.dataClass,
    },
    {
      id: 'expiresAt',
      title: batches.deadline,
      wide: true,
      cell: (row) => (row.endedAt === null ? <Time at={row.expiresAt} /> : '–'),
      value: (row) => row.expiresAt,
    },
  ];
}
