import { promptsOperations, type PromptSummary } from '@kulning/sdk';
import { getRouteApi } from '@tanstack/react-router';

import { useOperation } from '../app/api.tsx';
import { useMay } from '../app/session.tsx';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { commandOf } from '../ui/command-lines.ts';
import { Panel } from '../ui/panel.tsx';
import { Screen } from '../ui/screen.tsx';
import { Split } from '../ui/split.tsx';
import { Empty, Loaded } from '../ui/states.tsx';
import { sortingOf } from '../ui/table-data.ts';
import { type Column, Table } from '../ui/table.tsx';
import { useSpeech } from '../words/words.tsx';
import { PromptDetail } from './prompt-detail.tsx';
import { PromptEditor } from './prompt-editor.tsx';

const route = getRouteApi('/inside/models/templates');
const example = {
  text: { messages: [{ role: 'user' as const, content: '{{question}}' }], variables: { question: {} } },
};

/** Prompt templates with their versions; a template opens beside the list. */
export function PromptsScreen() {
  const { words } = useSpeech();
  const may = useMay();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const prompts = useOperation(promptsOperations.list, undefined);
  const go = (part: Partial<typeof search>) =>
    void navigate({
      search: (before) => ({ ...before, prompt: undefined, version: undefined, add: undefined, ...part }),
    });
  const chosen = prompts.data?.items.find(({ id, name }) => name === search.prompt || id === search.prompt);
  const create = may('prompts:write') && (
    <Button kind="primary" onClick={() => go({ add: true })}>
      {words.prompts.create}
    </Button>
  );
  const detail = () => {
    if (search.add === true)
      return {
        id: 'add',
        title: words.prompts.create,
        content: (
          <div className="p-4">
            <PromptEditor onSaved={({ name }) => go({ prompt: name })} />
          </div>
        ),
      };
    return (
      chosen && {
        id: chosen.id,
        title: chosen.name,
        content: <PromptDetail key={chosen.id} id={chosen.id} onRemoved={() => go({})} />,
      }
    );
  };
  return (
    <Screen
      title={words.pages.templates}
      lead={words.prompts.lead}
      actions={create}
      commands={
        chosen
          ? [
              commandOf(promptsOperations.get, { params: { promptId: chosen.name } }),
              commandOf(promptsOperations.addVersion, { params: { promptId: chosen.name }, body: example }),
              commandOf(promptsOperations.setLabel, {
                params: { promptId: chosen.name, label: 'production' },
                body: { version: 1 },
              }),
            ]
          : [
              commandOf(promptsOperations.list),
              commandOf(promptsOperations.create, { body: { name: 'answer', ...example } }),
            ]
      }
    >
      <Split detail={detail()} onClose={() => go({})}>
        <Panel flush>
          <Loaded answer={prompts} lines={4}>
            {({ items }) =>
              items.length === 0 ? (
                <Empty title={words.prompts.empty} action={create}>
                  {words.prompts.emptyLead}
                </Empty>
              ) : (
                <PromptTable
                  items={items}
                  selected={chosen?.id}
                  compact={chosen !== undefined || search.add === true}
                  onSelect={({ name }) => go({ prompt: name })}
                />
              )
            }
          </Loaded>
        </Panel>
      </Split>
    </Screen>
  );
}

interface PromptTableProps {
  readonly items: readonly PromptSummary[];
  readonly selected: string | undefined;
  readonly compact: boolean;
  readonly onSelect: (row: PromptSummary) => void;
}

function PromptTable({ items, selected, compact, onSelect }: PromptTableProps) {
  const { words } = useSpeech();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const columns: readonly Column<PromptSummary>[] = [
    { id: 'name', title: words.prompts.name, cell: ({ name }) => name, value: ({ name }) => name },
    {
      id: 'labels',
      title: words.prompts.labels,
      cell: ({ labels }) => (
        <span className="flex flex-wrap gap-1">
          {Object.entries(labels).map(([label, version]) => (
            <Badge
              key={label}
              tone={label === 'production' ? 'lawful' : 'neutral'}
            >{`${label} ${version}`}</Badge>
          ))}
        </span>
      ),
      value: ({ labels }) => Object.keys(labels).join(' '),
    },
    {
      id: 'latest',
      title: words.prompts.latest,
      align: 'end',
      wide: true,
      cell: ({ latest }) => latest ?? '–',
      value: ({ latest }) => latest,
    },
  ];
  return (
    <Table
      caption={words.pages.templates}
      columns={columns}
      rows={items}
      rowKey={({ id }) => id}
      selected={selected}
      onSelect={onSelect}
      compact={compact}
      {...sortingOf(
        search,
        (part) => void navigate({ search: (before) => ({ ...before, ...part }), replace: true }),
      )}
    />
  );
}
