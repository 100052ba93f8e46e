import {
  modelCatalogueOperations,
  modelGuidance,
  modelsOperations,
  sitesOperations,
  type ModelView,
} from '@kulning/sdk';

import { useAct, useOperation } from '../app/api.tsx';
import { errorAt, onSubmit, textsOf, type FormTexts } from '../app/form.ts';
import { siteName, thisMachineSlug } from '../app/names.ts';
import { useMay } from '../app/session.tsx';
import { Button } from '../ui/button.tsx';
import { CodeLine } from '../ui/copy.tsx';
import { Field, Select, TextInput } from '../ui/field.tsx';
import { Problem } from '../ui/states.tsx';
import { useSpeech } from '../words/words.tsx';
import { deploymentOf, DeploymentFields } from './deployment-fields.tsx';
import { FileFit } from './file-fit.tsx';

/** A GGUF file on this machine, or any OpenAI-compatible server; and how to come by one. */
export function ModelForm({ onDone }: { readonly onDone: (model: ModelView) => void }) {
  const { words } = useSpeech();
  const may = useMay();
  return (
    <>
      {may('models:write') ? (
        <Addition onDone={onDone} />
      ) : (
        <p className="px-4 py-4 text-sm">{words.models.mayNotAdd}</p>
      )}
      <Guidance />
    </>
  );
}

function Addition({ onDone }: { readonly onDone: (model: ModelView) => void }) {
  const { words } = useSpeech();
  const may = useMay();
  const sites = useOperation(sitesOperations.list, undefined, { enabled: may('sites:read') });
  const act = useAct(modelsOperations.add, [modelsOperations.list]);
  const fit = useAct(modelCatalogueOperations.fit, []);
  const add = (texts: FormTexts) => {
    const body = {
      source: texts.source ?? '',
      ...(texts.name !== undefined && { name: texts.name }),
      ...(texts.licence !== undefined && { licence: { id: texts.licence } }),
      ...(texts.siteId !== undefined && { siteId: texts.siteId }),
      ...(texts.apiKey !== undefined && { apiKey: texts.apiKey }),
      ...(texts.engineModel !== undefined && { engineModel: texts.engineModel }),
      ...deploymentOf(texts),
    };
    act.mutate({ body }, { onSuccess: onDone });
  };
  const check = (form: HTMLFormElement | null) => {
    if (form?.reportValidity() !== true) return;
    const texts = textsOf(form);
    fit.mutate({ body: { source: texts.source ?? '', ...deploymentOf(texts) } });
  };
  return (
    <form className="flex flex-col gap-4 px-4 py-4" onSubmit={onSubmit(add)}>
      <Field
        label={words.models.sourceLabel}
        hint={words.models.sourceHint}
        error={errorAt(act.error, 'source')}
      >
        <TextInput name="source" required maxLength={4096} placeholder="http://127.0.0.1:8080/v1" />
      </Field>
      <Field label={words.models.nameLabel} hint={words.models.nameHint} error={errorAt(act.error, 'name')}>
        <TextInput name="name" pattern="[a-z0-9][a-z0-9._\-]{0,79}" />
      </Field>
      <Field label={words.models.siteLabel} error={errorAt(act.error, 'siteId')}>
        <Select name="siteId" defaultValue="">
          <option value="">{words.names.thisMachine}</option>
          {(sites.data?.items ?? [])
            .filter(({ slug }) => slug !== thisMachineSlug)
            .map(({ id, name }) => (
              <option key={id} value={id}>
                {siteName(name, words)}
              </option>
            ))}
        </Select>
      </Field>
      <details className="text-sm">
        <summary className="w-fit text-soft">{words.models.more}</summary>
        <div className="mt-3 flex flex-col gap-4">
          <Field
            label={words.models.engineModel}
            hint={words.models.engineModelHint}
            error={errorAt(act.error, 'engineModel')}
          >
            <TextInput name="engineModel" />
          </Field>
          <Field
            label={words.models.apiKey}
            hint={words.models.apiKeyHint}
            error={errorAt(act.error, 'apiKey')}
          >
            <TextInput name="apiKey" type="password" autoComplete="off" />
          </Field>
          <Field
            label={words.models.licence}
            hint={words.models.licenceHint}
            error={errorAt(act.error, 'licence.id')}
          >
            <TextInput name="licence" placeholder="Apache-2.0" />
          </Field>
          <DeploymentFields error={act.error ?? fit.error} />
        </div>
      </details>
      {fit.data && <FileFit fit={fit.data} />}
      {fit.isError && <Problem error={fit.error} />}
      {act.isError && <Problem error={act.error} />}
      <div className="flex flex-wrap gap-2">
        <Button kind="primary" type="submit" busy={act.isPending}>
          {words.models.add}
        </Button>
        <Button busy={fit.isPending} onClick={(event) => check(event.currentTarget.form)}>
          {words.catalogue.check}
        </Button>
      </div>
    </form>
  );
}

/** The same words as `kulning models add` says in a terminal. */
function Guidance() {
  const { language } = useSpeech();
  const { title, ways, notes } = modelGuidance(language);
  return (
    <section className="flex flex-col gap-3 border-t border-line px-4 py-4 text-sm">
      <h3 className="font-semibold">{title}</h3>
      {ways.map((way) => (
        <div key={way.title} className="flex flex-col gap-1.5">
          <p>{way.title}</p>
          {way.commands.map((command) => (
            <CodeLine key={command} text={command} />
          ))}
        </div>
      ))}
      {notes.map((note) => (
        <p key={note} className="text-xs text-soft">
          {note}
        </p>
      ))}
    </section>
  );
}
