import { cacheOperations, type CacheView } from '@kulning/sdk';
import { useState } from 'react';

import { useAct, useOperation } from '../app/api.tsx';
import { errorAt, onSubmit } from '../app/form.ts';
import { useMay } from '../app/session.tsx';
import { Button } from '../ui/button.tsx';
import { commandOf } from '../ui/command-lines.ts';
import { Confirm } from '../ui/confirm.tsx';
import { Checkbox, Field, TextInput } from '../ui/field.tsx';
import { Panel } from '../ui/panel.tsx';
import { Screen } from '../ui/screen.tsx';
import { Loaded, Problem } from '../ui/states.tsx';
import { useSpeech, useWords } from '../words/words.tsx';

const refetchMs = 5_000;
const mebibyte = 1024 * 1024;

/** The cache of answers: whether it is on, how often it had the answer, and a way to empty it. */
export function CacheScreen() {
  const words = useWords();
  const cache = useOperation(cacheOperations.get, undefined, { refetchMs });
  return (
    <Screen
      title={words.pages.cache}
      lead={words.cache.lead}
      commands={[
        commandOf(cacheOperations.get),
        commandOf(cacheOperations.set, { body: { enabled: true, ttlSeconds: 3_600 } }),
        commandOf(cacheOperations.purge, { body: {} }),
      ]}
    >
      <Loaded answer={cache} lines={6}>
        {(view) => (
          <div className="grid items-start gap-4 lg:grid-cols-2">
            <Settings view={view} />
            <Figures view={view} />
          </div>
        )}
      </Loaded>
    </Screen>
  );
}

function Settings({ view }: { readonly view: CacheView }) {
  const words = useWords();
  const may = useMay();
  const act = useAct(cacheOperations.set, [cacheOperations.get]);
  const writes = may('content:write');
  return (
    <Panel title={words.cache.settings}>
      <form
        className="flex flex-col gap-4"
        onSubmit={onSubmit((texts) =>
          act.mutate({
            body: {
              enabled: texts['enabled'] !== undefined,
              anyTemperature: texts['anyTemperature'] !== undefined,
              toolCalls: texts['toolCalls'] !== undefined,
              ttlSeconds: Number(texts['ttlSeconds']),
              maxBytes: Math.round(Number(texts['megabytes']) * mebibyte),
            },
          }),
        )}
      >
        <fieldset disabled={!writes} className="m-0 flex min-w-0 flex-col gap-4 border-0 p-0">
          <Checkbox name="enabled" label={words.cache.enabled} defaultChecked={view.enabled} />
          <Checkbox
            name="anyTemperature"
            label={words.cache.anyTemperature}
            defaultChecked={view.anyTemperature}
          />
          <Checkbox name="toolCalls" label={words.cache.toolCalls} defaultChecked={view.toolCalls} />
          <Field label={words.cache.ttl} error={errorAt(act.error, 'ttlSeconds')}>
            <TextInput
              name="ttlSeconds"
              type="number"
              min={1}
              max={2_592_000}
              required
              defaultValue={view.ttlSeconds}
            />
          </Field>
          <Field label={words.cache.megabytes} error={errorAt(act.error, 'maxBytes')}>
            <TextInput
              name="megabytes"
              type="number"
              min={0.0625}
              max={1024}
              step="any"
              required
              defaultValue={view.maxBytes / mebibyte}
            />
          </Field>
        </fieldset>
        {act.error && <Problem error={act.error} />}
        {writes && (
          <div className="flex flex-wrap items-center gap-3">
            <Button kind="primary" type="submit" busy={act.isPending}>
              {words.cache.save}
            </Button>
            <span role="status" className="text-sm text-lawful">
              {act.isSuccess ? words.guardrails.saved : ''}
            </span>
          </div>
        )}
      </form>
    </Panel>
  );
}

function Figures({ view }: { readonly view: CacheView }) {
  const { words, format } = useSpeech();
  const may = useMay();
  const [purging, setPurging] = useState(false);
  const purge = useAct(cacheOperations.purge, [cacheOperations.get]);
  const lookedUp = view.hits + view.misses;
  const figures = [
    [words.cache.rate, lookedUp === 0 ? '–' : format.percent(view.hits / lookedUp)],
    [words.cache.hits, format.number(view.hits)],
    [words.cache.misses, format.number(view.misses)],
    [words.cache.entries, format.number(view.entries)],
    [words.cache.size, `${format.number(view.bytes / mebibyte, 1)} MiB`],
  ] as const;
  return (
    <Panel
      title={words.cache.figures}
      actions={
        may('content:write') && (
          <Button kind="danger" onClick={() => setPurging(true)}>
            {words.cache.purge}
          </Button>
        )
      }
    >
      <dl className="m-0 grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 gap-y-2 text-sm">
        {figures.map(([label, value]) => (
          <div key={label} className="contents">
            <dt className="text-soft">{label}</dt>
            <dd className="m-0 text-right font-medium tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
      <Confirm
        open={purging}
        onClose={() => setPurging(false)}
        title={words.cache.purge}
        action={words.cache.purge}
        busy={purge.isPending}
        error={purge.error}
        onConfirm={() => purge.mutate({ body: {} }, { onSuccess: () => setPurging(false) })}
      >
        {words.cache.purgeLead(view.entries)}
      </Confirm>
    </Panel>
  );
}
