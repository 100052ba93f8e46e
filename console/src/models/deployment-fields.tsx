import type { KulningError, ModelAddition } from '@kulning/sdk';

import { errorAt, type FormTexts } from '../app/form.ts';
import { Field, Select, TextArea, TextInput } from '../ui/field.tsx';
import { useSpeech } from '../words/words.tsx';

const uses = ['chat', 'embeddings', 'rerank'] as const;
const caches = ['f16', 'q8_0', 'q4_0'] as const;
const engines = ['llama', 'llama-server'] as const;

/** How a file is deployed: what for, with which adapters, how much at once. */
export function DeploymentFields({ error }: { readonly error: KulningError | null }) {
  const { words } = useSpeech();
  const { catalogue, models } = words;
  const choice = (
    name: string,
    empty: string,
    options: readonly (readonly [value: string, label: string])[],
  ) => (
    <Select name={name} defaultValue="">
      <option value="">{empty}</option>
      {options.map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </Select>
  );
  return (
    <>
      <Field label={catalogue.serves} error={errorAt(error, 'serves')}>
        {choice(
          'serves',
          catalogue.servesFile,
          uses.map((use) => [use, catalogue.servesWhat[use]] as const),
        )}
      </Field>
      <Field
        label={catalogue.lora}
        hint={catalogue.loraHint}
        error={error?.path?.startsWith('lora') === true ? error.message : undefined}
      >
        <TextArea name="lora" rows={2} />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={models.context} error={errorAt(error, 'contextTokens')}>
          <TextInput name="contextTokens" type="number" min={64} />
        </Field>
        <Field label={catalogue.slots} error={errorAt(error, 'slots')}>
          <TextInput name="slots" type="number" min={1} max={64} placeholder="2" />
        </Field>
        <Field label={catalogue.cache} hint={catalogue.cacheHint} error={errorAt(error, 'cache')}>
          {choice(
            'cache',
            'f16',
            caches.slice(1).map((type) => [type, type] as const),
          )}
        </Field>
        <Field label={models.engine} error={errorAt(error, 'engine')}>
          {choice(
            'engine',
            '–',
            engines.map((kind) => [kind, kind] as const),
          )}
        </Field>
      </div>
    </>
  );
}

type Deployment = Pick<ModelAddition, 'serves' | 'lora' | 'contextTokens' | 'slots' | 'cache' | 'engine'>;

const oneOf = <T extends string>(values: readonly T[], text: string | undefined): T | undefined =>
  values.find((value) => value === text);

/** What the fields say; what was left empty is absent. */
export function deploymentOf(texts: FormTexts): Deployment {
  const serves = oneOf(uses, texts.serves);
  const cache = oneOf(caches, texts.cache);
  const engine = oneOf(engines, texts.engine);
  return {
    ...(serves !== undefined && { serves }),
    ...(texts.lora !== undefined && { lora: adaptersOf(texts.lora) }),
    ...(texts.contextTokens !== undefined && { contextTokens: Number(texts.contextTokens) }),
    ...(texts.slots !== undefined && { slots: Number(texts.slots) }),
    ...(cache !== undefined && { cache }),
    ...(engine !== undefined && { engine }),
  };
}

/** One path a line; a number after the last `=` is its strength. */
function adaptersOf(text: string): { path: string; scale: number }[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [, path = line, scale = '1'] = /^(.*)=(-?[\d.]+)$/u.exec(line) ?? [];
      return { path, scale: Number(scale) };
    });
}
