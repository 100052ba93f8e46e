import { batchesOperations, type BatchView, filesOperations } from '@kulning/sdk';
import { useState } from 'react';

import { useAct, useOperation } from '../app/api.tsx';
import { useMay } from '../app/session.tsx';
import { Button } from '../ui/button.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { FactRow, Facts } from '../ui/facts.tsx';
import { Prose } from '../ui/prose.tsx';
import { saveFile } from '../ui/save-file.ts';
import { Loaded, Problem } from '../ui/states.tsx';
import { Time } from '../ui/time.tsx';
import { useSpeech, useWords } from '../words/words.tsx';
import { BatchProgress, BatchState } from './batch-status.tsx';

const refetchMs = 2_000;

/** One batch while it runs and afterwards: how far it is, what is wrong, and its files. */
export function BatchDetail({ id }: { readonly id: string }) {
  const batch = useOperation(
    batchesOperations.get,
    { params: { batchId: id } },
    { refetchMs, until: ({ endedAt }) => endedAt !== null },
  );
  return (
    <Loaded answer={batch} lines={8}>
      {(known) => (
        <div className="flex flex-col gap-4 p-4">
          <BatchFacts batch={known} />
          <BatchErrors errors={known.errors} />
          <CancelBatch batch={known} />
        </div>
      )}
    </Loaded>
  );
}

function BatchFacts({ batch }: { readonly batch: BatchView }) {
  const { words, format } = useSpeech();
  const { batches } = words;
  const { usage, metadata, dataClass } = batch;
  const number = (count: number) => format.number(count, 0);
  const labels = Object.entries(metadata);
  return (
    <Facts>
      <FactRow name={batches.status}>
        <BatchState status={batch.status} />
      </FactRow>
      <FactRow name={batches.progress}>
        <BatchProgress batch={batch} />
      </FactRow>
      <FactRow name={batches.failed}>{number(batch.requests.failed)}</FactRow>
      <FactRow name={batches.endpoint}>
        <code className="font-mono text-xs">{batch.endpoint}</code>
      </FactRow>
      <FactRow name={batches.dataClass}>{dataClass === null ? '–' : words.classes[dataClass]}</FactRow>
      <FactRow name={batches.purpose}>{batch.purpose}</FactRow>
      <FactRow name={batches.key}>
        <code className="font-mono text-xs">{batch.keyId}</code>
      </FactRow>
      <FactRow name={batches.createdAt}>
        <Time at={batch.createdAt} />
      </FactRow>
      {batch.endedAt === null ? (
        <FactRow name={batches.deadline}>
          <Time at={batch.expiresAt} />
        </FactRow>
      ) : (
        <FactRow name={batches.endedAt}>
          <Time at={batch.endedAt} />
        </FactRow>
      )}
      {usage && (
        <FactRow name={batches.usage}>
          {batches.usageOf(number(usage.inputTokens), number(usage.outputTokens))}
        </FactRow>
      )}
      {labels.length > 0 && (
        <FactRow name={batches.metadata}>
          {labels.map(([name, value]) => `${name}: ${value}`).join(' · ')}
        </FactRow>
      )}
      <FileRow name={batches.input} id={batch.inputFileId} />
      <FileRow name={batches.output} id={batch.outputFileId} />
      <FileRow name={batches.errorFile} id={batch.errorFileId} />
    </Facts>
  );
}

function FileRow({ name, id }: { readonly name: string; readonly id: string | null }) {
  const words = useWords();
  const may = useMay();
  const content = useAct(filesOperations.content);
  if (id === null)
    return (
      <FactRow name={name}>
        <span className="text-soft">{words.batches.noFile}</span>
      </FactRow>
    );
  const download = () =>
    content.mutate({ params: { fileId: id } }, { onSuccess: (bytes) => saveFile(`${id}.jsonl`, bytes) });
  return (
    <FactRow name={name}>
      {may('files:read') ? (
        <Button onClick={download} busy={content.isPending} aria-label={`${words.batches.download}: ${name}`}>
          {words.batches.download}
        </Button>
      ) : (
        <code className="font-mono text-xs">{id}</code>
      )}
      {content.error && <Problem error={content.error} />}
    </FactRow>
  );
}

function BatchErrors({ errors }: { readonly errors: BatchView['errors'] }) {
  const { batches } = useWords();
  if (errors.length === 0) return null;
  return (
    <section>
      <h3 className="mb-2 text-sm font-semibold">{batches.errors}</h3>
      <ul className="flex max-h-80 flex-col gap-2 overflow-y-auto text-sm">
        {errors.map(({ code, line, param, message }) => (
          <li
            key={`${line} ${code}`}
            className="rounded-base border border-refused bg-refused-wash px-3 py-2"
          >
            <p>
              {line !== null && <strong className="font-medium">{batches.line(line)} · </strong>}
              <Prose text={message} />
            </p>
            <p className="text-xs">
              <code className="font-mono">{code}</code>
              {param !== null && <code className="font-mono"> · {param}</code>}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function CancelBatch({ batch: { id, status, requests } }: { readonly batch: BatchView }) {
  const { words, format } = useSpeech();
  const may = useMay();
  const [asking, setAsking] = useState(false);
  const cancel = useAct(batchesOperations.cancel, [batchesOperations.list, batchesOperations.get]);
  if (!may('batches:write') || (status !== 'validating' && status !== 'in_progress')) return null;
  const open = requests.total - requests.completed - requests.failed;
  return (
    <div>
      <Button kind="danger" onClick={() => setAsking(true)}>
        {words.batches.cancel}
      </Button>
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        title={words.batches.cancel}
        action={words.batches.cancel}
        busy={cancel.isPending}
        error={cancel.error}
        onConfirm={() => cancel.mutate({ params: { batchId: id } }, { onSuccess: () => setAsking(false) })}
      >
        {words.batches.cancelText(format.number(open, 0), format.number(requests.completed, 0))}
      </Confirm>
    </div>
  );
}
