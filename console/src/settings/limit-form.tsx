import { limitsOperations, type LimitValues, type LimitView } from '@kulning/sdk';

import { useAct } from '../app/api.tsx';
import { errorAt, type FormTexts, onSubmit } from '../app/form.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field, TextInput } from '../ui/field.tsx';
import { Problem } from '../ui/states.tsx';
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
    <Dialog
      open
      onClose={onClose}
      title={words.limits.changeOf(scope.name)}
      description={words.limits.changeLead}
    >
      <form className="flex flex-col gap-4" onSubmit={onSubmit(save)}>
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
        {act.isError && <Problem error={act.error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{words.common.cancel}</Button>
          <Button kind="primary" type="submit" busy={act.isPending}>
            {words.limits.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

const valuesOf = (texts: FormTexts) =>
  Object.fromEntries(
    names.map((name) => [name, texts[name] === undefined ? null : Number(texts[name])]),
  ) as LimitValues;
