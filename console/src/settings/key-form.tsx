import { identityOperations, scopes, type Scope } from '@kulning/sdk';
import { useState } from 'react';

import { useAct } from '../app/api.tsx';
import { errorAt } from '../app/form.ts';
import { useSession } from '../app/session.tsx';
import { Button } from '../ui/button.tsx';
import { CodeLine } from '../ui/copy.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Checkbox, Field, Select, TextInput } from '../ui/field.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { useWords } from '../words/words.tsx';

const dataClasses = ['public', 'internal', 'personal', 'special'] as const;
const usual: readonly Scope[] = ['calls:create', 'models:read', 'receipts:read'];

/** Creates a key, then shows its secret this once. A key never holds more rights than the one who makes it. */
export function KeyForm({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const words = useWords();
  const session = useSession();
  const act = useAct(identityOperations.createKey, [identityOperations.listKeys]);
  const [chosen, setChosen] = useState<readonly Scope[]>(usual);
  const close = () => {
    act.reset();
    setChosen(usual);
    onClose();
  };
  if (act.data) {
    return (
      <Dialog open={open} onClose={close} title={words.keys.created} description={words.keys.createdLead}>
        <div className="flex flex-col gap-4">
          <CodeLine text={act.data.secret} />
          <Button kind="primary" onClick={close} className="self-end">
            {words.keys.kept}
          </Button>
        </div>
      </Dialog>
    );
  }
  return (
    <FormDialog
      open={open}
      onClose={close}
      title={words.keys.create}
      lead={words.keys.createLead}
      action={words.keys.create}
      act={act}
      disabled={chosen.length === 0}
      onSubmit={({ name = '', purpose, dataClass, days }) =>
        act.mutate({
          body: {
            name,
            scopes: [...chosen],
            dataClass: dataClasses.find((known) => known === dataClass) ?? null,
            expiresInDays: days === undefined ? null : Number(days),
            ...(purpose !== undefined && { purpose }),
          },
        })
      }
    >
      <Field label={words.keys.name} error={errorAt(act.error, 'name')}>
        <TextInput name="name" required maxLength={120} />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          label={words.keys.defaultClass}
          hint={words.keys.defaultClassHint}
          error={errorAt(act.error, 'dataClass')}
        >
          <Select name="dataClass" defaultValue="">
            <option value="">{words.classes.none}</option>
            {dataClasses.map((name) => (
              <option key={name} value={name}>
                {words.classes[name]}
              </option>
            ))}
          </Select>
        </Field>
        <Field label={words.keys.days} hint={words.keys.daysHint} error={errorAt(act.error, 'expiresInDays')}>
          <TextInput name="days" type="number" min={1} max={3650} defaultValue={365} />
        </Field>
      </div>
      <Field label={words.receipts.purpose} error={errorAt(act.error, 'purpose')}>
        <TextInput name="purpose" maxLength={120} />
      </Field>
      <details className="text-sm">
        <summary className="w-fit text-soft">{words.keys.scopesOf(chosen.length)}</summary>
        <fieldset>
          <legend className="sr-only">{words.keys.scopes}</legend>
          <div className="mt-2 grid grid-cols-1 gap-x-4 gap-y-1 sm:grid-cols-2">
            {scopes
              .filter((scope) => session.scopes.includes(scope))
              .map((scope) => (
                <Checkbox
                  key={scope}
                  label={<code className="font-mono text-xs">{scope}</code>}
                  checked={chosen.includes(scope)}
                  onChange={(event) =>
                    setChosen(
                      event.target.checked ? [...chosen, scope] : chosen.filter((other) => other !== scope),
                    )
                  }
                />
              ))}
          </div>
        </fieldset>
      </details>
    </FormDialog>
  );
}
