import { callOutcomes, callsOperations, identityOperations, type LiveCall } from '@kulning/sdk';
import { getRouteApi, Link } from '@tanstack/react-router';

import { useOperation } from '../app/api.tsx';
import { siteNameAlone } from '../app/names.ts';
import { useMay } from '../app/session.tsx';
import { CallOutcome } from '../proof/call-outcome.tsx';
import { Badge, Hatched, type Tone } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { commandOf } from '../ui/command-lines.ts';
import { Field, Select } from '../ui/field.tsx';
import { Panel } from '../ui/panel.tsx';
import { Screen } from '../ui/screen.tsx';
import { Empty, Notice } from '../ui/states.tsx';
import { Table, type Column } from '../ui/table.tsx';
import { useSpeech } from '../words/words.tsx';
import { UsageFilters } from './usage-filters.tsx';
import { type LiveState, MOST_SHOWN, useLiveCalls } from './use-live-calls.ts';

const route = getRouteApi('/inside/models/live');

const tones: Readonly<Record<LiveState | 'paused', Tone>> = {
  connecting: 'neutral',
  live: 'lawful',
  paused: 'waiting',
  reconnecting: 'waiting',
  ended: 'refused',
};

/** Calls as they end, without their content. */
export function LiveScreen() {
  const { words, format } = useSpeech();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const set = (part: Partial<typeof search>) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true });
  const { outcome, model, key } = search;
  const filter = {
    ...(outcome !== undefined && { outcome }),
    ...(model !== undefined && { model }),
    ...(key !== undefined && { keyId: key }),
  };
  const { live, pause } = useLiveCalls(filter);
  const columns = useColumns();
  const state = live.paused && live.state === 'live' ? 'paused' : live.state;
  return (
    <Screen
      title={words.pages.live}
      lead={words.live.lead}
      actions={
        <>
          <span role="status" className="inline-flex items-center gap-2 text-sm">
            {live.heldCount > 0 && (
              <span className="text-soft">{words.live.held(format.number(live.heldCount))}</span>
            )}
            <Badge tone={tones[state]}>{words.live.states[state]}</Badge>
          </span>
          <Button
            aria-pressed={live.paused}
            disabled={live.state === 'ended'}
            onClick={() => pause(!live.paused)}
          >
            {live.paused ? words.live.resume : words.live.pause}
          </Button>
        </>
      }
      commands={[commandOf(callsOperations.tail, { query: filter })]}
    >
      <UsageFilters search={search} onChange={({ model, key }) => set({ model, key })} withRange={false}>
        <Field label={words.live.outcome} className="lg:w-40">
          <Select
            value={outcome ?? ''}
            onChange={({ target }) => set({ outcome: callOutcomes.find((name) => name === target.value) })}
          >
            <option value="">{words.common.all}</option>
            {callOutcomes.map((name) => (
              <option key={name} value={name}>
                {words.receipts.outcomes[name]}
              </option>
            ))}
          </Select>
        </Field>
      </UsageFilters>
      {live.state === 'ended' && <Notice>{words.live.revoked}</Notice>}
      {live.skipped && <Notice>{words.live.skipped}</Notice>}
      <Panel flush>
        {live.calls.length === 0 ? (
          <Empty title={words.live.waiting}>{words.live.waitingLead}</Empty>
        ) : (
          <>
            <Table
              caption={words.pages.live}
              columns={columns}
              rows={live.calls}
              rowKey={({ id }) => id}
              csv="calls.csv"
            />
            {live.calls.length === MOST_SHOWN && (
              <p className="m-0 border-t border-line px-3 py-2 text-xs text-soft">
                {words.live.newest(MOST_SHOWN)}
              </p>
            )}
          </>
        )}
      </Panel>
    </Screen>
  );
}

function useColumns(): readonly Column<LiveCall>[] {
  const { words, format } = useSpeech();
  const may = useMay();
  const keys = useOperation(identityOperations.listKeys, undefined, { enabled: may('keys:read') });
  const keyNames = new Map(keys.data?.items.map(({ id, name }) => [id, name]));
  const ms = (value: number | null, digits: number) => (value === null ? '–' : format.number(value, digits));
  return [
    {
      id: 'at',
      title: words.live.at,
      cell: ({ at }) => (
        <time dateTime={at} title={format.exactTime(at)}>
          {format.tick(Date.parse(at), 'second', false)}
        </time>
      ),
      value: ({ at }) => at,
    },
    {
      id: 'outcome',
      title: words.live.outcome,
      cell: ({ outcome, reason }) => (
        <>
          <CallOutcome outcome={outcome} />
          {reason !== null && <code className="block font-mono text-xs text-soft">{reason}</code>}
        </>
      ),
      value: ({ outcome }) => outcome,
    },
    {
      id: 'model',
      title: words.usage.model,
      cell: ({ model }) => (model === '' ? '–' : model),
      value: ({ model }) => model,
    },
    {
      id: 'site',
      title: words.usage.site,
      wide: true,
      cell: ({ site }) =>
        site === null ? (
          <span className="text-soft">{words.receipts.nowhere}</span>
        ) : (
          <>
            {siteNameAlone(site.name, words)} {site.simulated && <Hatched>{words.common.simulated}</Hatched>}
          </>
        ),
      value: ({ site }) => site?.name ?? null,
    },
    {
      id: 'key',
      title: words.usage.key,
      wide: true,
      cell: ({ keyId }) => (keyId === null ? '–' : (keyNames.get(keyId) ?? keyId.slice(-8))),
      value: ({ keyId }) => keyId,
    },
    {
      id: 'tokens',
      title: words.live.tokens,
      align: 'end',
      cell: ({ inputTokens, outputTokens }) =>
        inputTokens === null || outputTokens === null
          ? '–'
          : `${format.number(inputTokens, 0)} / ${format.number(outputTokens, 0)}`,
      value: ({ outputTokens }) => outputTokens,
    },
    {
      id: 'latency',
      title: words.live.latency,
      align: 'end',
      cell: ({ latencyMs }) => ms(latencyMs, 0),
      value: ({ latencyMs }) => latencyMs,
    },
    {
      id: 'overhead',
      title: words.live.overhead,
      align: 'end',
      wide: true,
      cell: ({ overheadMs }) => ms(overheadMs, 1),
      value: ({ overheadMs }) => overheadMs,
    },
    {
      id: 'receipt',
      title: words.live.receipt,
      align: 'end',
      cell: ({ id }) => (
        <Link
          to="/proof/receipts"
          search={{ receipt: id }}
          aria-label={`${words.live.open}: ${id}`}
          className="prose-link"
        >
          {words.live.open}
        </Link>
      ),
      value: ({ id }) => id,
    },
  ];
}
