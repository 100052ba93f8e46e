import { modelPullOperations, modelsOperations, type ModelPullView } from '@kulning/sdk';

import { useAct, useOperation } from '../app/api.tsx';
import { useMay } from '../app/session.tsx';
import { Badge, type Tone } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Panel } from '../ui/panel.tsx';
import { Loaded, Problem } from '../ui/states.tsx';
import { Time } from '../ui/time.tsx';
import { useSpeech } from '../words/words.tsx';

const tones: Readonly<Record<ModelPullView['phase'], Tone>> = {
  waiting: 'waiting',
  running: 'waiting',
  checking: 'waiting',
  done: 'lawful',
  failed: 'refused',
  cancelled: 'neutral',
};
const isUnderWay = ({ phase }: ModelPullView) =>
  phase === 'waiting' || phase === 'running' || phase === 'checking';

/** Files on their way here, newest first; nothing where none ever was. */
export function PullList() {
  const { words } = useSpeech();
  const may = useMay();
  const pulls = useOperation(modelPullOperations.list, undefined, {
    enabled: may('models:read'),
    refetchMs: 1500,
  });
  if (pulls.data?.items.length === 0) return null;
  return (
    <Panel title={words.catalogue.pulls} flush>
      <Loaded answer={pulls} lines={2}>
        {({ items }) => (
          <ul className="divide-y divide-line">
            {items.map((pull) => (
              <Pull key={pull.id} pull={pull} />
            ))}
          </ul>
        )}
      </Loaded>
    </Panel>
  );
}

function Pull({ pull }: { readonly pull: ModelPullView }) {
  const { words, format } = useSpeech();
  const may = useMay();
  const { catalogue } = words;
  const changes = [modelPullOperations.list, modelsOperations.list];
  const cancel = useAct(modelPullOperations.cancel, changes);
  const goOn = useAct(modelPullOperations.pull, changes);
  const { phase, receivedBytes, totalBytes, problem } = pull;
  const received = format.megabytes(receivedBytes, 0);
  const text = totalBytes === null ? received : catalogue.of(received, format.megabytes(totalBytes, 0));
  const error = cancel.error ?? goOn.error;
  return (
    <li className="flex flex-col gap-2 px-4 py-3 text-sm">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Badge tone={tones[phase]}>{catalogue.phases[phase]}</Badge>
        <span className="min-w-0 font-medium break-all">{pull.name ?? pull.source.split('/').at(-1)}</span>
        <span className="text-soft">{text}</span>
        <span className="ml-auto text-xs text-soft">
          <Time at={pull.endedAt ?? pull.createdAt} />
        </span>
      </div>
      <span className="text-xs break-all text-soft">{pull.source}</span>
      {isUnderWay(pull) && totalBytes !== null && (
        <meter
          aria-label={`${catalogue.phases[phase]}: ${text}`}
          className="h-2 w-full"
          min={0}
          max={totalBytes}
          value={receivedBytes}
        />
      )}
      {problem !== null && phase === 'failed' && (
        <p role="alert" className="text-refused">
          {problem.message} {problem.hint} <code className="font-mono text-xs">{problem.code}</code>
        </p>
      )}
      {may('models:write') && phase !== 'done' && phase !== 'cancelled' && (
        <div className="flex flex-wrap items-center gap-2">
          {phase === 'failed' && (
            <Button
              busy={goOn.isPending}
              onClick={() =>
                goOn.mutate({ body: { source: pull.source, ...(pull.name !== null && { name: pull.name }) } })
              }
            >
              {catalogue.goOn}
            </Button>
          )}
          <Button busy={cancel.isPending} onClick={() => cancel.mutate({ params: { pullId: pull.id } })}>
            {catalogue.cancel}
          </Button>
          {phase === 'failed' && receivedBytes > 0 && (
            <span className="text-xs text-soft">{catalogue.goOnMeans}</span>
          )}
        </div>
      )}
      {error && <Problem error={error} />}
    </li>
  );
}
