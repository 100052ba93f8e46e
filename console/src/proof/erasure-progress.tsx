import { erasuresOperations, type ErasureStep } from '@kulning/sdk';

import { useAct, useOperation } from '../app/api.tsx';
import { Badge, type Tone } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Panel } from '../ui/panel.tsx';
import { saveFile } from '../ui/save-file.ts';
import { Loaded, Notice, Problem } from '../ui/states.tsx';
import { Table, type Column } from '../ui/table.tsx';
import { useSpeech, useWords } from '../words/words.tsx';

const readBackTones: Readonly<Record<ErasureStep['readBack'], Tone>> = {
  gone: 'lawful',
  unreadable: 'lawful',
  pending: 'waiting',
  residual: 'waiting',
  'not-verifiable': 'neutral',
  found: 'refused',
};

/** Each store after it was read back; the certificate once all of it is done. */
export function ErasureProgress({ id, onBack }: { readonly id: string; readonly onBack: () => void }) {
  const { words } = useSpeech();
  const erasure = useOperation(
    erasuresOperations.get,
    { params: { id } },
    { refetchMs: 1000, until: ({ state }) => state === 'completed' },
  );
  const columns = useStepColumns();
  const certificate = useAct(erasuresOperations.certificate);
  return (
    <Loaded answer={erasure} lines={8}>
      {(value) => (
        <>
          <Panel
            title={words.person.erasure}
            actions={
              <>
                <Button onClick={onBack}>{words.person.another}</Button>
                <Button
                  kind="primary"
                  disabled={value.state !== 'completed'}
                  busy={certificate.isPending}
                  onClick={() =>
                    certificate.mutate(
                      { params: { id } },
                      { onSuccess: (file) => saveFile(`${id}.json`, file) },
                    )
                  }
                >
                  {words.person.certificate}
                </Button>
              </>
            }
          >
            <div aria-live="polite" className="flex flex-wrap items-center gap-2 text-sm">
              <Badge tone={value.state === 'completed' ? 'lawful' : 'waiting'}>
                {words.person.states[value.state]}
              </Badge>
              {value.pendingRecords > 0 && (
                <Badge tone="waiting">{words.person.pending(value.pendingRecords)}</Badge>
              )}
              <code className="font-mono text-xs break-all text-soft">{value.id}</code>
            </div>
            {value.waitingFor !== null && (
              <div className="mt-3">
                <Notice>{words.person.waitingFor(value.waitingFor)}</Notice>
              </div>
            )}
            {value.state === 'completed' && (
              <div className="mt-3">
                <Outcome steps={value.steps} />
              </div>
            )}
            {certificate.isError && <Problem error={certificate.error} />}
            <p className="mt-3 max-w-prose text-xs text-soft">{words.person.assessment}</p>
          </Panel>
          <Panel title={words.person.readBackTitle} flush>
            <Table
              caption={words.person.readBackTitle}
              columns={columns}
              rows={value.steps}
              rowKey={(step) => step.store}
              csv={`${id}.csv`}
            />
          </Panel>
        </>
      )}
    </Loaded>
  );
}

/** The whole of it in one sentence; the table says it store by store. */
function Outcome({ steps }: { readonly steps: readonly ErasureStep[] }) {
  const words = useWords();
  const shows = (...states: readonly ErasureStep['readBack'][]) =>
    steps.filter(({ readBack }) => states.includes(readBack)).length;
  const { gone, pending, found } = words.person.outcomes;
  if (shows('found') > 0) return <Notice>{found}</Notice>;
  if (shows('pending') > 0) return <Notice>{pending}</Notice>;
  return <Notice tone="lawful">{gone(shows('gone', 'unreadable'))}</Notice>;
}

function useStepColumns(): readonly Column<ErasureStep>[] {
  const { words, format } = useSpeech();
  return [
    {
      id: 'store',
      title: words.person.store,
      cell: (step) => step.description,
      value: (step) => step.description,
    },
    {
      id: 'method',
      title: words.person.method,
      wide: true,
      cell: (step) => step.method,
      value: (step) => step.method,
    },
    {
      id: 'destroyed',
      title: words.person.actions.destroy,
      align: 'end',
      cell: (step) => format.number(step.destroyed, 0),
      value: (step) => step.destroyed,
    },
    {
      id: 'redacted',
      title: words.person.actions.redact,
      align: 'end',
      wide: true,
      cell: (step) => format.number(step.redacted, 0),
      value: (step) => step.redacted,
    },
    {
      id: 'kept',
      title: words.person.actions.keep,
      align: 'end',
      wide: true,
      cell: (step) => format.number(step.kept, 0),
      value: (step) => step.kept,
    },
    {
      id: 'read',
      title: words.person.readBack,
      cell: (step) => (
        <Badge tone={readBackTones[step.readBack]}>{words.person.readBacks[step.readBack]}</Badge>
      ),
      value: (step) => step.readBack,
    },
    {
      id: 'evidence',
      title: words.person.evidence,
      wide: true,
      cell: (step) => step.evidence,
      value: (step) => step.evidence,
    },
  ];
}
