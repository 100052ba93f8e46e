import { modelPullOperations } from '@kulning/sdk';

import { useAct } from '../app/api.tsx';
import { errorAt, onSubmit, type FormTexts } from '../app/form.ts';
import { Button } from '../ui/button.tsx';
import { Field, TextInput } from '../ui/field.tsx';
import { Problem } from '../ui/states.tsx';
import { useSpeech } from '../words/words.tsx';
import { deploymentOf, DeploymentFields } from './deployment-fields.tsx';

/** Fetches a file of a model and deploys it under this name. */
export function PullForm({ name }: { readonly name: string }) {
  const { words } = useSpeech();
  const { catalogue, models } = words;
  const act = useAct(modelPullOperations.pull, [modelPullOperations.list]);
  const pull = (texts: FormTexts) => {
    const body = {
      source: texts.source ?? '',
      ...(texts.name !== undefined && { name: texts.name }),
      ...(texts.sha256 !== undefined && { sha256: texts.sha256 }),
      ...(texts.token !== undefined && { token: texts.token }),
      ...deploymentOf(texts),
    };
    act.mutate({ body });
  };
  return (
    <form className="flex flex-col gap-4" onSubmit={onSubmit(pull)}>
      <Field label={catalogue.pullLabel} hint={catalogue.pullHint} error={errorAt(act.error, 'source')}>
        <TextInput name="source" required maxLength={4096} placeholder="organisation/repository/file.gguf" />
      </Field>
      <Field label={models.nameLabel} error={errorAt(act.error, 'name')}>
        <TextInput name="name" defaultValue={name} pattern="[a-z0-9][a-z0-9._\-]{0,79}" />
      </Field>
      <details>
        <summary className="w-fit text-soft">{models.more}</summary>
        <div className="mt-3 flex flex-col gap-4">
          <Field label={catalogue.shaLabel} hint={catalogue.shaHint} error={errorAt(act.error, 'sha256')}>
            <TextInput name="sha256" pattern="[0-9a-f]{64}" />
          </Field>
          <Field label={catalogue.tokenLabel} hint={catalogue.tokenHint} error={errorAt(act.error, 'token')}>
            <TextInput name="token" type="password" autoComplete="off" />
          </Field>
          <DeploymentFields error={act.error} />
        </div>
      </details>
      {act.isError && <Problem error={act.error} />}
      <Button kind="primary" type="submit" busy={act.isPending} className="self-start">
        {catalogue.fetch}
      </Button>
    </form>
  );
}
