import {
  deploymentsOperations,
  enginesOperations,
  modelsOperations,
  type DeploymentView,
  type ModelVersionView,
  type ModelView,
} from '@kulning/sdk';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { useAct, useOperation } from '../app/api.tsx';
import { useMay } from '../app/session.tsx';
import { Hatched } from '../ui/badge.tsx';
import { Button, buttonClass } from '../ui/button.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { FactRow, Facts } from '../ui/facts.tsx';
import { Problem } from '../ui/states.tsx';
import { useSpeech, useWords } from '../words/words.tsx';
import { EnginePhase } from './engine-phase.tsx';

interface ModelDetailProps {
  readonly model: ModelView;
  readonly siteName: (id: string) => string;
  readonly onRemoved: () => void;
}

export function ModelDetail({ model, siteName, onRemoved }: ModelDetailProps) {
  const words = useWords();
  const may = useMay();
  const remove = useAct(modelsOperations.remove, [modelsOperations.list]);
  const [removing, setRemoving] = useState(false);
  return (
    <div className="flex flex-col gap-3 px-4 py-3 text-sm">
      {model.toy !== null && (
        <p>
          <Hatched>{model.toy}</Hatched>
        </p>
      )}
      <Link
        to="/models/playground"
        search={{ model: model.name }}
        className={buttonClass('plain', 'self-start')}
      >
        {words.models.try}
      </Link>
      {model.versions.map((version) => (
        <Version key={version.id} version={version} />
      ))}
      {model.deployments.map((deployment) => (
        <Deployment key={deployment.id} deployment={deployment} site={siteName(deployment.siteId)} />
      ))}
      {may('models:write') && (
        <Button kind="danger" className="self-start" onClick={() => setRemoving(true)}>
          {words.common.remove}
        </Button>
      )}
      <Confirm
        open={removing}
        onClose={() => setRemoving(false)}
        title={words.models.removeOf(model.name)}
        action={words.common.remove}
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate({ params: { modelId: model.id } }, { onSuccess: onRemoved })}
      >
        {words.models.removeMeans(model.deployments.length)}
      </Confirm>
    </div>
  );
}

const cardText = (value: unknown) =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);

function Version({ version }: { readonly version: ModelVersionView }) {
  const { words, format } = useSpeech();
  const count = (value: number | null) =>
    value === null ? words.provenance.unknown : format.number(value, 0);
  return (
    <section className="border-t border-line pt-2">
      <h3 className="font-semibold">{words.models.version}</h3>
      <Facts>
        <FactRow name={words.models.format}>
          {[version.format, version.architecture].filter((text) => text !== null).join(' · ')}
        </FactRow>
        <FactRow name={words.models.parameters}>{count(version.parameters)}</FactRow>
        <FactRow name={words.models.context}>{count(version.contextTokens)}</FactRow>
        <FactRow name={words.models.size}>
          {version.sizeBytes === null ? words.provenance.unknown : format.megabytes(version.sizeBytes)}
        </FactRow>
        <FactRow name={words.models.licence}>
          {version.licence.id === 'unknown' ? words.provenance.unknown : version.licence.id}{' '}
          <span className="text-xs text-soft">({words.models.licenceSources[version.licence.source]})</span>
        </FactRow>
        <FactRow name={words.models.digest}>
          <code className="font-mono text-xs break-all">{version.digest ?? words.models.noDigest}</code>
        </FactRow>
      </Facts>
      {Object.keys(version.card).length > 0 && (
        <details className="mt-1">
          <summary className="w-fit text-soft">{words.models.card}</summary>
          <Facts>
            {Object.entries(version.card).map(([name, value]) => (
              <FactRow key={name} name={name}>
                {cardText(value)}
              </FactRow>
            ))}
          </Facts>
        </details>
      )}
    </section>
  );
}

function Deployment({ deployment, site }: { readonly deployment: DeploymentView; readonly site: string }) {
  const { words, format } = useSpeech();
  const may = useMay();
  const engines = useOperation(enginesOperations.list, undefined, { refetchMs: 3000 });
  const changes = [modelsOperations.list, enginesOperations.list];
  const pause = useAct(deploymentsOperations.pause, changes);
  const resume = useAct(deploymentsOperations.resume, changes);
  const engine = engines.data?.items.find(({ deploymentId }) => deploymentId === deployment.id);
  const error = pause.error ?? resume.error;
  const input = { params: { deploymentId: deployment.id } };
  return (
    <section className="border-t border-line pt-2">
      <h3 className="font-semibold">{words.models.at(site)}</h3>
      <Facts>
        <FactRow name={words.models.engine}>
          {deployment.engine.kind} <EnginePhase phase={engine?.phase ?? deployment.phase} />
        </FactRow>
        <FactRow name={words.models.source}>
          <code className="font-mono text-xs break-all">{deployment.engine.source}</code>
        </FactRow>
        {deployment.engine.serves !== null && (
          <FactRow name={words.catalogue.serves}>
            {words.catalogue.servesWhat[deployment.engine.serves]}
          </FactRow>
        )}
        {deployment.engine.lora.length > 0 && (
          <FactRow name={words.catalogue.lora}>
            {deployment.engine.lora.map(({ path, scale, digest }) => (
              <span key={path} className="block">
                <code className="font-mono text-xs break-all">{path}</code> × {format.number(scale, 2)}
                <code className="block font-mono text-xs break-all text-soft">{digest}</code>
              </span>
            ))}
          </FactRow>
        )}
        {(engine?.reason ?? deployment.reason) !== null && (
          <FactRow name={words.models.reason}>{engine?.reason ?? deployment.reason}</FactRow>
        )}
        {engine && (
          <>
            <FactRow name={words.models.memory}>
              {engine.memoryMb === null
                ? words.provenance.unknown
                : format.megabytes(engine.memoryMb * 1e6, 0)}
            </FactRow>
            <FactRow name={words.models.load}>
              {words.models.loadOf(engine.running ?? 0, engine.queued ?? 0)}
            </FactRow>
            <FactRow name={words.models.restarts}>{format.number(engine.restarts, 0)}</FactRow>
          </>
        )}
      </Facts>
      {may('models:write') &&
        (deployment.desired === 'running' && engine?.phase !== 'crash-loop' ? (
          <Button busy={pause.isPending} onClick={() => pause.mutate(input)}>
            {words.models.pause}
          </Button>
        ) : (
          <Button busy={resume.isPending} onClick={() => resume.mutate(input)}>
            {words.models.resume}
          </Button>
        ))}
      {error && <Problem error={error} />}
    </section>
  );
}
