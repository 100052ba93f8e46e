import { policyOperations, usageOperations, type UsageRefusal } from '@kulning/sdk';
import { getRouteApi, Link } from '@tanstack/react-router';

import { useOperation } from '../app/api.tsx';
import { useMay } from '../app/session.tsx';
import { Badge, type Tone } from '../ui/badge.tsx';
import { buttonClass } from '../ui/button.tsx';
import { commandOf } from '../ui/command-lines.ts';
import { Panel } from '../ui/panel.tsx';
import { Screen } from '../ui/screen.tsx';
import { Empty, Loaded } from '../ui/states.tsx';
import { Table, type Column } from '../ui/table.tsx';
import { sortingOf } from '../ui/table-data.ts';
import { Time } from '../ui/time.tsx';
import { useSpeech } from '../words/words.tsx';
import { UsageFilters } from './usage-filters.tsx';
import { rangeOf } from './usage-range.ts';

const route = getRouteApi('/inside/models/refusals');
const refetchMs = 10_000;

/** Why calls were refused, by policy, for want of a place, and by limits. */
export function RefusalsScreen() {
  const { words } = useSpeech();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const set = (part: Partial<typeof search>) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true });
  const { from, to } = rangeOf(search, Date.now());
  const query = { from, to, model: search.model, keyId: search.key };
  const refusals = useOperation(usageOperations.refusals, { query }, { keep: true, refetchMs });
  const columns = useColumns();
  return (
    <Screen
      title={words.pages.refusals}
      lead={words.refusals.lead}
      actions={
        <Link to="/proof/receipts" search={{ outcome: 'refused' }} className={buttonClass()}>
          {words.refusals.receipts}
        </Link>
      }
      commands={[commandOf(usageOperations.refusals, { query })]}
    >
      <UsageFilters search={search} onChange={set} />
      <Panel flush>
        <Loaded answer={refusals} lines={6}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title={words.refusals.empty}>{words.refusals.emptyLead}</Empty>
            ) : (
              <Table
                caption={words.pages.refusals}
                columns={columns}
                rows={items}
                rowKey={(row) =>
                  JSON.stringify([
                    row.source,
                    row.reason,
                    row.rules,
                    row.level,
                    row.scopeId,
                    row.model,
                    row.keyId,
                  ])
                }
                {...sortingOf(search, set)}
                csv="refusals.csv"
              />
            )
          }
        </Loaded>
      </Panel>
    </Screen>
  );
}

const sourceOf = ({ source, reason }: UsageRefusal) =>
  source === 'limit' ? 'limit' : reason === 'capacity.none' ? 'place' : 'policy';
const tones: Readonly<Record<ReturnType<typeof sourceOf>, Tone>> = {
  policy: 'refused',
  limit: 'waiting',
  place: 'neutral',
};

function useColumns(): readonly Column<UsageRefusal>[] {
  const { words, format } = useSpeech();
  const why = useWhy();
  return [
    {
      id: 'what',
      title: words.refusals.what,
      cell: (row) => <Badge tone={tones[sourceOf(row)]}>{words.refusals.sources[sourceOf(row)]}</Badge>,
      value: (row) => words.refusals.sources[sourceOf(row)],
    },
    {
      id: 'calls',
      title: words.usage.calls,
      align: 'end',
      cell: (row) => format.number(row.calls, 0),
      value: (row) => row.calls,
    },
    {
      id: 'why',
      title: words.refusals.why,
      cell: (row) => (
        <span className="block max-w-xl min-w-44 sm:min-w-56">
          <span className="block">{why(row)}</span>
          {row.source === 'policy' && (
            <code className="font-mono text-xs break-words text-soft">
              {[row.reason, ...row.rules].join(' · ')}
            </code>
          )}
        </span>
      ),
      value: why,
    },
    {
      id: 'key',
      title: words.usage.key,
      cell: (row) => row.keyName ?? row.keyId ?? '–',
      value: (row) => row.keyName ?? row.keyId,
    },
    {
      id: 'model',
      title: words.usage.model,
      wide: true,
      cell: (row) => row.model || '–',
      value: (row) => row.model || null,
    },
    {
      id: 'last',
      title: words.refusals.last,
      cell: (row) => <Time at={row.lastAt} />,
      value: (row) => row.lastAt,
    },
  ];
}

/** The rules in the reader's words; a rule of a policy before this one is known by its id alone. */
function useWhy(): (row: UsageRefusal) => string {
  const { words, language } = useSpeech();
  const may = useMay();
  const policy = useOperation(policyOperations.get, undefined, { enabled: may('policy:read') });
  const texts = new Map(policy.data?.rules.map(({ id, text }) => [id, text[language]]));
  const { names, levels } = words.limits;
  return ({ source, reason, rules, level }) => {
    if (source === 'limit') {
      const limit = reason in names ? names[reason as keyof typeof names] : reason;
      const of = level !== null && level in levels ? levels[level as keyof typeof levels] : (level ?? '');
      return words.refusals.limitOf(of, limit);
    }
    const said = rules.flatMap((id) => texts.get(id) ?? []);
    if (said.length > 0) return said.join(' · ');
    const { reasons } = words.refusals;
    return reason in reasons ? reasons[reason as keyof typeof reasons] : reason;
  };
}
