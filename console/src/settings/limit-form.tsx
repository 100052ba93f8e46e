import { limitsOperations, type LimitValues, type LimitView } from '@kulning/sdk';

import { useAct } from '../app/api.tsx';
import { errorAt, type FormTexts } from '../app/form.ts';
import { Field, TextInput } from '../ui/field.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { useWords } from '../words/words.tsx';

const names = [
  'requestsPerMinute',
  'tokensPerMinute',
  'concurrentCalls',
  'eurPerDay',
  'eurPerMonth',
  'gramsCo2PerMonth',
] as const satisfies readonly (keyof LimitValues)[];

const steps: Partial<Record<keyof LimitValues, string>> = {
  eurPerDay: '0.01',
  eurPerMonth: '0.01',
  gramsCo2PerMonth: 'any',
};

/** All limits of one scope; what is left empty is unlimited. */
export function LimitForm({ scope, onClose }: { readonly scope: LimitView; readonly onClose: () => void }) {
  const words = useWords();
  const act = useAct(limitsOperations.set, [limitsOperations.list]);
  const { level, scopeId } = scope;
  const save = (texts: FormTexts) =>
    act.mutate({ params: { level, scopeId }, body: valuesOf(texts) }, { onSuccess: onClose });
  return (
    <FormDialog
      open
      onClose={onClose}
      title={words.limits.changeOf(scope.name)}
      lead={words.limits.changeLead}
      action={words.limits.save}
      act={act}
      onSubmit={save}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        {names.map((name) => (
          <Field key={name} label={words.limits.names[name]} error={errorAt(act.error, name)}>
            <TextInput
              name={name}
              type="number"
              min={0}
              step={steps[name] ?? '1'}
              defaultValue={scope.limits[name] ?? ''}
              placeholder={words.limits.unlimited}
            />
          </Field>
        ))}
      </div>
    </FormDialog>
  );
}

const valuesOf = (texts: FormTexts) =>
  Object.fromEntries(
    names.map((name) => [name, texts[name] === undefined ? null : Number(texts[name])]),
  ) as LimitValues;
